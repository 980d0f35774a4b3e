"""Drives a Package Manager with Python's grpcio, and prints what it saw as JSON.

usage: python_client.py HOST:PORT DESCRIPTOR_SET PACKAGE_JSON

The descriptor set is a google.protobuf.FileDescriptorSet of the wire contract,
so that no generated Python code is needed.
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def main():
    address, descriptor_set, package_json = sys.argv[1:4]
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet()
    with open(descriptor_set, "rb") as file:
        files.ParseFromString(file.read())
    for file in files.file:
        pool.Add(file)

    factory = message_factory.MessageFactory(pool)

    def message(name):
        return factory.GetPrototype(pool.FindMessageTypeByName("oaas.package." + name))

    channel = grpc.insecure_channel(address)

    def call(method, **fields):
        response = {
            "CreatePackage": "CreatePackageResponse",
            "GetPackage": "GetPackageResponse",
            "ListPackages": "ListPackagesResponse",
            "DeletePackage": "DeletePackageResponse",
        }[method]
        stub = channel.unary_unary(
            "/oaas.package.PackageService/" + method,
            request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=message(response).FromString,
        )
        request = json_format.ParseDict(fields, message(method + "Request")())
        return stub(request, timeout=10)

    with open(package_json) as file:
        package = json.load(file)

    seen = {}
    seen["created"] = call("CreatePackage", package=package).package_id
    got = call("GetPackage", name=package["name"]).package
    seen["got"] = json_format.MessageToDict(got, preserving_proto_field_name=True)
    listed = call("ListPackages", filter="tag:" + package["metadata"]["tags"][0], limit=5)
    seen["listed"] = [listed.total_count, [p.name for p in listed.packages]]
    call("DeletePackage", name=package["name"])

    def failure(method, **fields):
        try:
            call(method, **fields)
        except grpc.RpcError as error:
            details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
            return [error.code().name, error.details(), details.hex()]
        return ["OK", "", ""]

    seen["missing"] = failure("GetPackage", name=package["name"])
    seen["invalid"] = failure("CreatePackage", package={"name": "Shop Front", "version": "one"})
    print(json.dumps(seen))


main()
