"""Asks a server for its health, as grpc_health_probe does, with Python's grpcio."""
import sys

import grpc

channel = grpc.insecure_channel(sys.argv[1])
raw = {"request_serializer": None, "response_deserializer": None}
check = channel.unary_unary("/grpc.health.v1.Health/Check", **raw)
print("check", check(b"", timeout=10).hex())
try:
    check(b"\x0a\x02no", timeout=10)
except grpc.RpcError as error:
    print("unknown", error.code().name, error.details())
watch = channel.unary_stream("/grpc.health.v1.Health/Watch", **raw)
call = watch(b"", timeout=10)
print("watch", next(call).hex())
call.cancel()
info = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", **raw)
# list_services, field 7.
for answer in info(iter([b"\x3a\x00"]), timeout=10):
    print("reflection", b"oaas.package.PackageService" in answer)
try:
    channel.unary_unary("/oaas.package.PackageService/GetPackage", **raw)(b"\x0a\x05", timeout=10)
except grpc.RpcError as error:
    print("garbage", error.code().name)
