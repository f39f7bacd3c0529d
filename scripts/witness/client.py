"""Supabase's official Python client doing what its users do, as an independent witness.

    client.py find CONTINUATION_ID             every file of a conversation: a line of JSON each, content hashed
    client.py links CONTINUATION_ID            the storage path of every file that is linked to a conversation
    client.py seen CONTINUATION_ID PATH        what there is of a stored file, and of its conversation: a line of JSON
    client.py store CONTINUATION_ID FILE…      store files, each with its row and link; prints their ids
    client.py tree CONTINUATION_ID DIR [N]     the same for every file below DIR, N at a time (default 1)

Takes SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY from the environment.
"""
import concurrent.futures
import hashlib
import json
import mimetypes
import os
import sys
import threading

from storage3.exceptions import StorageApiError
from supabase import create_client

BUCKET = "user-files"
PAGE = 1000
own = threading.local()


def client():
    """One for each thread."""
    if not hasattr(own, "client"):
        own.client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"])
    return own.client


def objects(prefix):
    """The paths of all objects below a folder."""
    offset = 0
    while True:
        page = client().storage.from_(BUCKET).list(prefix, {"limit": PAGE, "offset": offset})
        for entry in page:
            path = f"{prefix}/{entry['name']}"
            if entry["id"] is None:
                yield from objects(path)
            else:
                yield path
        if len(page) < PAGE:
            return
        offset += PAGE


def conversation(continuation_id):
    """The id of the conversation's row, which is made when missing."""
    table = client().table("conversations")
    found = table.select("id").eq("continuation_id", continuation_id).execute().data
    if not found:
        found = table.insert({"continuation_id": continuation_id, "title": continuation_id}).execute().data
    return found[0]["id"]


def find(continuation_id):
    table = client().table("conversation_files")
    links = table.select("file_id").eq("conversation_id", conversation(continuation_id)).limit(PAGE).execute().data
    linked = {link["file_id"] for link in links}
    for path in objects(f"uploads/{continuation_id}"):
        content = client().storage.from_(BUCKET).download(path)
        rows = client().table("files").select("*").eq("storage_path", path).execute().data
        print(json.dumps({
            "storage_path": path,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content),
            "content_type": client().storage.from_(BUCKET).info(path)["content_type"],
            "rows": [
                {
                    "id": row["id"],
                    "mime_type": row["mime_type"],
                    "sha256": row["metadata"].get("sha256"),
                    "linked": row["id"] in linked,
                    "metadata": row["metadata"],
                }
                for row in rows
            ],
        }))


def links(continuation_id):
    table = client().table("conversations")
    found = table.select("files(storage_path)").eq("continuation_id", continuation_id).execute().data
    for file in found[0]["files"]:
        print(file["storage_path"])


def seen(continuation_id, path):
    rows = client().table("files").select("id").eq("storage_path", path).execute().data
    table = client().table("conversations").select("id, conversation_files(file_id)")
    conversations = table.eq("continuation_id", continuation_id).execute().data
    try:
        downloaded = len(client().storage.from_(BUCKET).download(path))
    except StorageApiError as error:
        downloaded = error.code
    print(json.dumps({
        "listed": path in objects(os.path.dirname(path)),
        "downloaded": downloaded,
        "rows": len(rows),
        "conversations": len(conversations),
        "links": sum(len(conversation["conversation_files"]) for conversation in conversations),
    }))


def store(continuation_id, conversation_id, file, name):
    """What the users' storage manager does for one file, in four requests with the conversation's."""
    with open(file, "rb") as opened:
        content = opened.read()
    mime_type = mimetypes.guess_type(file)[0] or "application/octet-stream"
    path = f"uploads/{continuation_id}/{name}"
    client().storage.from_(BUCKET).upload(path, content, {"content-type": mime_type})
    row = client().table("files").insert({
        "storage_path": path,
        "original_name": os.path.basename(file),
        "mime_type": mime_type,
        "size_bytes": len(content),
        "file_type": "user_upload",
    }).execute().data[0]
    client().table("conversation_files").insert({"conversation_id": conversation_id, "file_id": row["id"]}).execute()
    return row["id"]


def tree(continuation_id, directory, jobs):
    conversation_id = conversation(continuation_id)
    files = [os.path.join(folder, name) for folder, _, names in os.walk(directory) for name in sorted(names)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        done = pool.map(lambda f: store(continuation_id, conversation_id, f, os.path.relpath(f, directory)), files)
        print(f"{len(list(done))} files")


def main():
    match sys.argv[1:]:
        case ["find", continuation_id]:
            find(continuation_id)
        case ["links", continuation_id]:
            links(continuation_id)
        case ["seen", continuation_id, path]:
            seen(continuation_id, path)
        case ["store", continuation_id, *files] if files:
            for file in files:
                print(store(continuation_id, conversation(continuation_id), file, os.path.basename(file)))
        case ["tree", continuation_id, directory, *jobs]:
            tree(continuation_id, directory, int(jobs[0]) if jobs else 1)
        case _:
            sys.exit(__doc__)


main()
