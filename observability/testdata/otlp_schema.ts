/**
 * OpenTelemetry's protocol (opentelemetry-proto 1.9), written down field by field
 * apart from the code under test, and read with protobuf's own reader.
 */
import { create, createFileRegistry, type DescMessage, fromBinary, toJson } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

const T = FieldDescriptorProto_Type;
const SCALARS: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  bool: T.BOOL,
  bytes: T.BYTES,
  double: T.DOUBLE,
  fixed32: T.FIXED32,
  fixed64: T.FIXED64,
  int32: T.INT32,
  int64: T.INT64,
  sfixed64: T.SFIXED64,
  string: T.STRING,
  uint32: T.UINT32,
  uint64: T.UINT64,
};

/** Each message: its fields as in a .proto file; `|` marks the members of its one `oneof`. */
const MESSAGES: Readonly<Record<string, string>> = {
  AnyValue: `| string string_value 1; | bool bool_value 2; | int64 int_value 3;
    | double double_value 4; | ArrayValue array_value 5; | KeyValueList kvlist_value 6;
    | bytes bytes_value 7`,
  ArrayValue: "repeated AnyValue values 1",
  KeyValueList: "repeated KeyValue values 1",
  KeyValue: "string key 1; AnyValue value 2",
  InstrumentationScope: `string name 1; string version 2; repeated KeyValue attributes 3;
    uint32 dropped_attributes_count 4`,
  Resource: "repeated KeyValue attributes 1; uint32 dropped_attributes_count 2",

  ExportTraceServiceRequest: "repeated ResourceSpans resource_spans 1",
  ResourceSpans: "Resource resource 1; repeated ScopeSpans scope_spans 2; string schema_url 3",
  ScopeSpans: "InstrumentationScope scope 1; repeated Span spans 2; string schema_url 3",
  Span: `bytes trace_id 1; bytes span_id 2; string trace_state 3; bytes parent_span_id 4;
    string name 5; int32 kind 6; fixed64 start_time_unix_nano 7; fixed64 end_time_unix_nano 8;
    repeated KeyValue attributes 9; uint32 dropped_attributes_count 10; repeated Event events 11;
    uint32 dropped_events_count 12; repeated Link links 13; uint32 dropped_links_count 14;
    Status status 15; fixed32 flags 16`,
  Event: `fixed64 time_unix_nano 1; string name 2; repeated KeyValue attributes 3;
    uint32 dropped_attributes_count 4`,
  Link: `bytes trace_id 1; bytes span_id 2; string trace_state 3; repeated KeyValue attributes 4;
    uint32 dropped_attributes_count 5; fixed32 flags 6`,
  Status: "string message 2; int32 code 3",

  ExportLogsServiceRequest: "repeated ResourceLogs resource_logs 1",
  ResourceLogs: "Resource resource 1; repeated ScopeLogs scope_logs 2; string schema_url 3",
  ScopeLogs: "InstrumentationScope scope 1; repeated LogRecord log_records 2; string schema_url 3",
  LogRecord: `fixed64 time_unix_nano 1; int32 severity_number 2; string severity_text 3;
    AnyValue body 5; repeated KeyValue attributes 6; uint32 dropped_attributes_count 7;
    fixed32 flags 8; bytes trace_id 9; bytes span_id 10; fixed64 observed_time_unix_nano 11;
    string event_name 12`,

  ExportMetricsServiceRequest: "repeated ResourceMetrics resource_metrics 1",
  ResourceMetrics: `Resource resource 1; repeated ScopeMetrics scope_metrics 2;
    string schema_url 3`,
  ScopeMetrics: "InstrumentationScope scope 1; repeated Metric metrics 2; string schema_url 3",
  Metric: `string name 1; string description 2; string unit 3; | Gauge gauge 5; | Sum sum 7;
    | Histogram histogram 9`,
  Gauge: "repeated NumberDataPoint data_points 1",
  Sum: `repeated NumberDataPoint data_points 1; int32 aggregation_temporality 2;
    bool is_monotonic 3`,
  Histogram: "repeated HistogramDataPoint data_points 1; int32 aggregation_temporality 2",
  NumberDataPoint: `fixed64 start_time_unix_nano 2; fixed64 time_unix_nano 3;
    | double as_double 4; | sfixed64 as_int 6; repeated Exemplar exemplars 5; repeated KeyValue attributes 7; uint32 flags 8`,
  HistogramDataPoint: `fixed64 start_time_unix_nano 2; fixed64 time_unix_nano 3; fixed64 count 4;
    double sum 5; repeated fixed64 bucket_counts 6; repeated double explicit_bounds 7;
    repeated Exemplar exemplars 8; repeated KeyValue attributes 9; uint32 flags 10;
    double min 11; double max 12`,
  Exemplar: `fixed64 time_unix_nano 2; | double as_double 3; bytes span_id 4; bytes trace_id 5;
    | sfixed64 as_int 6; repeated KeyValue filtered_attributes 7`,
};

function message(name: string, body: string): DescriptorProto {
  let choice = false;
  const field = body.split(";").map((line) => {
    const words = line.trim().split(/\s+/);
    const inChoice = words[0] === "|";
    const repeated = words[0] === "repeated";
    choice ||= inChoice;
    const [type, name, number] = inChoice || repeated ? words.slice(1) : words;
    return {
      name,
      jsonName: name!.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      number: Number(number),
      label: repeated
        ? FieldDescriptorProto_Label.REPEATED
        : FieldDescriptorProto_Label.OPTIONAL,
      ...(SCALARS[type!] === undefined
        ? { type: T.MESSAGE, typeName: `.otlp.${type}` }
        : { type: SCALARS[type!] }),
      ...(inChoice ? { oneofIndex: 0 } : {}),
    };
  });
  return create(DescriptorProtoSchema, {
    name,
    field,
    oneofDecl: choice ? [{ name: "choice" }] : [],
  });
}

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "otlp.proto",
    package: "otlp",
    syntax: "proto3",
    messageType: Object.entries(MESSAGES).map(([name, body]) => message(name, body)),
  }),
  () => undefined,
);

const SERVICES: Readonly<Record<string, string>> = {
  traces: "ExportTraceServiceRequest",
  logs: "ExportLogsServiceRequest",
  metrics: "ExportMetricsServiceRequest",
};

// deno-lint-ignore no-explicit-any -- tests look into messages of any shape
export type Json = any;

/** Decodes an export request; ids as hexadecimal digits, attributes as an object. */
export function decodeOtlp(signal: string, bytes: Uint8Array): Json {
  const schema: DescMessage = registry.getMessage(`otlp.${SERVICES[signal]}`)!;
  const decoded = fromBinary(schema, bytes);
  if (decoded.$unknown !== undefined) throw new Error("unknown fields");
  return simple(toJson(schema, decoded, { alwaysEmitImplicit: false }) as Json);
}

function simple(value: Json, key = ""): Json {
  if (Array.isArray(value)) {
    return key === "attributes"
      ? Object.fromEntries(value.map(({ key, value }: Json) => [key, anyOf(value)]))
      : value.map((item) => simple(item));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, simple(item, key)]));
  }
  if (!/^(trace|span|parentSpan)Id$/.test(key)) return value;
  return Array.from(atob(value), (c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

function anyOf(value: Json): Json {
  if (value === undefined) return undefined;
  const [kind, inner] = Object.entries<Json>(value)[0] ?? [];
  if (kind === "intValue") return Number(inner);
  if (kind === "arrayValue") return (inner.values ?? []).map(anyOf);
  if (kind === "kvlistValue") {
    return Object.fromEntries(inner.values.map(({ key, value }: Json) => [key, anyOf(value)]));
  }
  return inner;
}
