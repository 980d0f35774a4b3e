"""Calls a server over TLS with Python's grpcio: <port> <folder of certificates> <mutual|plain>."""
import sys

import grpc

port, folder, kind = sys.argv[1:]


def read(name):
    with open(f"{folder}/{name}", "rb") as file:
        return file.read()


def call(credentials):
    with grpc.secure_channel(f"localhost:{port}", credentials) as channel:
        method = channel.unary_unary("/oaas.package.PackageService/CreatePackage")
        return method(b"", timeout=10)


own = (read("client.key"), read("client.pem")) if kind == "mutual" else (None, None)
print(call(grpc.ssl_channel_credentials(read("ca.pem"), *own)).hex())
if kind == "mutual":
    try:
        call(grpc.ssl_channel_credentials(read("ca.pem")))
    except grpc.RpcError as error:
        print("without a certificate", error.code().name)
