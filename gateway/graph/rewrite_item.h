// Rewrites driveItems inside Graph's JSON by splicing byte ranges: everything else (key order,
// unknown keys, number text) stays octet for octet.
//
// Two steps, so that this room needs neither keys nor store: find_items() names the items an answer
// holds; the caller looks them up; rewrite() splices what it learned.
//
// Thread safety: pure functions. Errors: kMalformed when the text is not JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

// One driveItem found in an answer (nested ones included).
struct FoundItem {
  std::string drive_id;  // parentReference.driveId, or empty when the answer does not say
  std::string item_id;
  std::string ctag;
  std::string etag;
  std::string name;
  std::string parent_path;  // parentReference.path, decoded
  std::optional<std::uint64_t> size;
  std::string quick_xor_hash;  // base64, empty when absent
  std::string download_url;    // either spelling, empty when absent
  bool is_folder = false;
  bool deleted = false;
};
Result<std::vector<FoundItem>> find_items(std::string_view json);

// What is to be said of one found item instead.
struct ItemEdit {
  std::optional<std::uint64_t> size;            // replaces "size"
  std::optional<std::string> quick_xor_hash;    // replaces it; empty string: removes "hashes"
  std::optional<std::string> download_url;      // replaces it; empty string: removes the key
  bool strip_media = false;                     // image, photo, audio, video, thumbnails, other hashes
};

struct Rewrite {
  // Edits by position in the list of find_items(); missing ones leave the item alone.
  std::vector<ItemEdit> items;
  // Called with every absolute URL among the annotation keys (nextLink, deltaLink, context ...);
  // returns the replacement.
  std::function<std::string(std::string_view url)> link;
};
Result<std::string> rewrite(std::string_view json, const Rewrite& edits);

// Members of a createUploadSession request body that the gateway must know or change.
struct SessionRequest {
  std::optional<std::uint64_t> file_size;
  std::string conflict_behavior;
  bool defer_commit = false;
};
Result<SessionRequest> read_session_request(std::string_view json);  // empty text: all defaults
// The same octets with item.fileSize replaced by the sealed size when it is there.
Result<std::string> rewrite_session_request(std::string_view json, std::uint64_t sealed_size);

// Members of upstream's createUploadSession and fragment answers.
struct SessionAnswer {
  std::string upload_url;
  std::string expiration;  // as sent
  std::vector<std::string> next_expected_ranges;
};
Result<SessionAnswer> read_session_answer(std::string_view json);
// uploadUrl and nextExpectedRanges spliced; the latter added when upstream left it out.
Result<std::string> rewrite_session_answer(std::string_view json, std::string_view upload_url,
                                           std::string_view next_range);

}  // namespace kerros::graph
