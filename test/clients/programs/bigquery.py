"""Uses Google's Python client on the fake as programs do, and prints what it saw as one JSON object."""

import json
import sys
import time

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

client = bigquery.Client(
    project="python",
    credentials=AnonymousCredentials(),
    client_options={"api_endpoint": sys.argv[1]},
)


def read(rows):
    return [list(row.values()) for row in rows]


def message_of(act):
    started = time.monotonic()
    try:
        act()
    except Exception as error:
        return str(error), time.monotonic() - started
    return "no error", 0


dry = client.query("SELECT 1", job_config=bigquery.QueryJobConfig(dry_run=True))
into = bigquery.QueryJobConfig(destination="python.stays.booked")
saw = {"rows": read(client.query("SELECT 1").result(timeout=10)), "dryRunBytes": dry.total_bytes_processed}
assert read(client.query_and_wait("SELECT 1", wait_timeout=10)) == saw["rows"]
assert read(client.query("SELECT 1").result(page_size=1, timeout=10)) == saw["rows"]
client.query("SELECT 1", job_config=into).result(timeout=10)
saw["tableRows"] = client.get_table("python.stays.booked").num_rows
client.copy_table("python.stays.booked", "python.stays.copied").result(timeout=10)
saw["copiedRows"] = len(read(client.list_rows("python.stays.copied")))
saw["jobs"] = len(list(client.list_jobs(state_filter="done", page_size=2, all_users=True)))
saw["refusal"], saw["refusalSeconds"] = message_of(lambda: client.load_table_from_json([{"n": 1}], "python.stays.new"))
saw["missing"], _ = message_of(lambda: client.get_dataset("nosuch"))
print(json.dumps(saw))
