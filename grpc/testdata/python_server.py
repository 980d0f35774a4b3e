"""A PackageService in Python's grpcio that knows messages as bytes only."""
import sys
import threading
from concurrent import futures

import grpc


def get_package(request, context):
    # GetPackageRequest.name is field 1; GetPackageResponse.package.name is 2.1.
    name = request[2:]
    package = b"\x0a" + bytes([len(name)]) + name
    context.set_trailing_metadata((("x-tail", "1"),))
    return b"\x12" + bytes([len(package)]) + package


def create_package(request, context):
    context.set_trailing_metadata((("x-why-bin", b"\x01\x02"),))
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "naïve 100%: a/b")


def delete_package(request, context):
    ended = threading.Event()
    context.add_callback(ended.set)
    ended.wait(30)
    return b""


def list_packages(request, context):
    # ListPackagesResponse.message, field 4, one mebibyte long.
    return b"\x22\x80\x80\x40" + b"a" * 1048576


methods = {
    "GetPackage": get_package,
    "CreatePackage": create_package,
    "DeletePackage": delete_package,
    "ListPackages": list_packages,
}
server = grpc.server(futures.ThreadPoolExecutor(8), compression=grpc.Compression.Gzip)
server.add_generic_rpc_handlers((
    grpc.method_handlers_generic_handler(
        "oaas.package.PackageService",
        {name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()},
    ),
))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(0).wait()
