// What the cloud remembers: users, drives, items with their versions, open upload sessions.
//
// Plain values; the Store owns them. Times are milliseconds since 1970, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/sandbox/quickxor.h"

namespace kerros::sandbox {

struct User {
  std::string oid;
  std::string upn;
  std::string name;
  std::string drive;  // the personal one
};

struct Drive {
  std::string id;
  std::string type;  // "business" or "documentLibrary"
  std::string name;
  std::string owner;           // oid; empty: every user may
  std::string host;            // the tenant host that serves its bytes
  std::string web_path;        // of the site, "" or "/personal/aino_contoso_test"
  std::string documents_path;  // "/Shared%20Documents"
  std::string site;            // "host,guid,guid"
  std::string root;            // item id
};

struct Version {
  std::string label;  // "1.0", "2.0"
  std::string blob;   // file name under blobs/
  std::uint64_t size = 0;
  std::string hash;  // quickXorHash of what was stored
  std::int64_t modified = 0;
  std::string by;  // oid
};

// Who else may read or write an item: a link, or somebody invited.
struct Permission {
  std::string id;
  std::string role;   // "read" or "write"
  std::string link;   // the last step of the link's URL; empty: no link
  std::string scope;  // of a link: "anonymous", "organization", "users"
  std::string user;   // oid of who was invited; empty for links
};

struct Item {
  std::string id;
  std::string drive;
  std::string parent;  // item id; empty for the root
  std::string name;
  bool folder = false;
  bool deleted = false;
  bool purged = false;       // deleted, and not even the recycle bin has it
  std::string deleted_with;  // the item whose deletion took this one along; itself at the top
  std::int64_t deleted_at = 0;
  std::uint64_t number = 0;  // of the list item; unique within the drive
  std::string guid;
  std::uint64_t etag = 1;
  std::uint64_t ctag = 1;
  std::int64_t created = 0;
  std::int64_t modified = 0;
  std::string created_by;
  std::string modified_by;
  std::string given_created;  // fileSystemInfo as the client gave it; empty: the server's times
  std::string given_modified;
  std::vector<Version> versions;  // the last one is current; empty for folders
  std::uint64_t change = 0;       // position in the drive's change log
  std::vector<Permission> permissions;
  std::vector<std::string> followers;  // oids
  std::string checked_out_by;          // oid; empty: nobody
  std::size_t checked_out_at = 0;      // how many versions there were then
  std::int64_t drift_at = 0;           // when the eTag moves by itself; 0: never
  bool enrich_later = false;           // the stored bytes change at the next look

  const Version& current() const { return versions.back(); }
  std::string etag_text() const { return "\"{" + guid + "}," + std::to_string(etag) + "\""; }
  std::string ctag_text() const { return "\"c:{" + guid + "}," + std::to_string(ctag) + "\""; }
};

struct UploadSession {
  std::string guid;
  std::string drive;
  std::string parent;
  std::string name;
  std::string item;       // the existing item, or the id that a new one will have
  bool replaces = false;  // an item of that id existed at creation
  std::string conflict;
  std::string if_match;
  std::string given_created;
  std::string given_modified;
  std::string user;    // oid
  std::string target;  // path and query of uploadUrl, byte for byte
  std::string host;
  std::optional<std::uint64_t> total;
  std::uint64_t received = 0;
  std::int64_t expires = 0;
  std::int64_t token_expires = 0;
  bool deferred = false;
  bool busy = false;  // a fragment is being received; not kept over a restart
  QuickXor hash;      // of the received bytes; computed again after a restart
};

}  // namespace kerros::sandbox
