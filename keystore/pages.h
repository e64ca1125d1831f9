// Reads a closed LMDB 0.9 file without LMDB and believes nothing in it.
//
// LMDB trusts its pages: a changed byte in one can end a process, hide a row from lookups while
// scans still see it, or (in the list of freed pages) let the next write overwrite live data. So
// every page in use is checked here first: reached once, in its place, of the right kind, its nodes
// tiling it exactly, its keys in order and within what its parent says, freed pages not in use.
// Databases must be plain ones: no DUPSORT, no integer keys.
//
// Thread safety: pure function over a file nobody writes.
#pragma once

#include <functional>
#include <string>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::keystore {

struct Row {
  std::string_view db;
  ByteView key;
  ByteView value;
};
using VisitRow = std::function<Status(const Row&)>;

// Visits every row of every named database in key order; stops at the first error. kNotAuthentic
// "the store is damaged: <file>: page 7 ..." when the file is not what LMDB writes.
Status walk_file(const std::string& file, std::uint64_t map_bytes, const VisitRow& visit);

}  // namespace kerros::keystore
