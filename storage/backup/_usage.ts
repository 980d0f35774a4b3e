export const USAGE = `Copies what is under a key prefix between etcd, Deno KV and a file.

  deno run -A jsr:@oprc/storage/backup --from PLACE --to PLACE [options]

PLACE is one of
  file:PATH            lines of JSON; see the documentation of @oprc/storage
  deno-kv:PATH         a Deno KV file (run with --unstable-kv)
  etcd:URL,URL         the endpoints of an etcd cluster

Options
  --key-prefix PREFIX     what is copied from a store: all keys under PREFIX/ but locks; /oaas
                          unless given. From a file it is all
  --to-key-prefix PREFIX  what the keys start with in the store copied to; as before unless given
  --replace               replaces keys, or the file, that are there; else they are an error
  --help                  shows this

Options of an etcd cluster, with "from" or "to" in front
  --from-username NAME        with the password in the variable OPRC_FROM_PASSWORD (OPRC_TO_PASSWORD)
  --from-password-file PATH   or in a file
  --from-ca PATH              authorities, PEM
  --from-cert PATH            the client's certificate, PEM, with
  --from-key PATH             its key
  --from-server-name NAME     what the members' certificates name, if not the host`;
