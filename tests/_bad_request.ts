/** Reads `grpc-status-details-bin` the way a foreign peer would: by field numbers alone. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** One violation of google.rpc.BadRequest. */
export interface Violation {
  field: string;
  description: string;
  reason: string;
}

/** The length-delimited fields of a message, by number. */
function fields(bytes: Uint8Array): [number: number, value: Uint8Array][] {
  const found: [number, Uint8Array][] = [];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) found.push([number, reader.bytes()]);
    else reader.skip(wireType);
  }
  return found;
}

/** The violations that a google.rpc.Status carries in a google.rpc.BadRequest. */
export function decodeBadRequest(status: Uint8Array): Violation[] {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const violations: Violation[] = [];
  for (const [number, any] of fields(status)) {
    if (number !== 3) continue;
    const detail = new Map(fields(any));
    if (text(detail.get(1)!) !== "type.googleapis.com/google.rpc.BadRequest") continue;
    for (const [, violation] of fields(detail.get(2)!)) {
      const parts = new Map(fields(violation));
      const part = (n: number) => text(parts.get(n) ?? new Uint8Array());
      violations.push({ field: part(1), description: part(2), reason: part(3) });
    }
  }
  return violations;
}
