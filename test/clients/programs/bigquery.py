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


# The client retries for minutes by itself.
RETRY = bigquery.DEFAULT_RETRY.with_timeout(10)
LIMITS = {"timeout": 10, "retry": RETRY}


def query(**config):
    job_config = bigquery.QueryJobConfig(**config)
    return client.query("SELECT 1", job_config=job_config, job_retry=None, **LIMITS)


def read(rows):
    return [list(row.values()) for row in rows]


def message_of(act):
    started = time.monotonic()
    try:
        act()
    except Exception as error:
        return str(error), time.monotonic() - started
    return "no error", 0


def load():
    client.load_table_from_json([{"n": 1}], "python.stays.new", timeout=10)


saw = {
    "rows": read(query().result(**LIMITS)),
    "dryRunBytes": query(dry_run=True).total_bytes_processed,
}
assert read(client.query_and_wait("SELECT 1", wait_timeout=10, job_retry=None, api_timeout=10, retry=RETRY)) == saw["rows"]
assert read(query().result(page_size=1, **LIMITS)) == saw["rows"]
query(destination="python.stays.booked").result(**LIMITS)
saw["tableRows"] = client.get_table("python.stays.booked", **LIMITS).num_rows
copy = client.copy_table("python.stays.booked", "python.stays.copied", **LIMITS)
copy.result(**LIMITS)
saw["copiedRows"] = len(read(client.list_rows("python.stays.copied", **LIMITS)))
jobs = client.list_jobs(state_filter="done", page_size=2, all_users=True, **LIMITS)
saw["jobs"] = len(list(jobs))
saw["refusal"], saw["refusalSeconds"] = message_of(load)
saw["missing"], _ = message_of(lambda: client.get_dataset("nosuch", **LIMITS))
print(json.dumps(saw))
