// What an enemy who owns the disk does to stored bytes.
//
//   flip {offset, mask}            drop_chunk {prefix, chunk, index}   truncate {size}
//   replace_bytes {offset, bytes}  dup_chunk  {prefix, chunk, index}   append {bytes}
//   html                           swap_chunks {prefix, chunk, a, b}
//   body_of_item, older_version: the other body whole; header_of_item {length}: its first bytes
//
// `bytes` is base64; a chunk is a stretch of `chunk` bytes after the first `prefix`.
// Thread safety: pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace kerros::sandbox {

// `other` is the body that body_of_item, older_version and header_of_item take from.
// Throws std::invalid_argument with a sentence when the operation cannot be done.
std::string tampered(std::string body, const nlohmann::json& how, const std::string& other);

}  // namespace kerros::sandbox
