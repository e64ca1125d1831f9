// Rewrites driveItems inside Graph's JSON by splicing byte ranges: everything else (key order,
// unknown keys, number text) stays octet for octet.
//
// Two steps, so that this room needs neither keys nor store: find_items() names the items an answer
// holds; the caller looks them up; rewrite() splices what it learned.
//
// An object counts as a driveItem, wherever it is nested, when it has
//   * a download URL in either spelling, or
//   * an object-valued file, folder, package, remoteItem, specialFolder or deleted facet, or
//   * a size that is an integer, or an integer in a string.
// The rule is wide on purpose: naming too much costs a look-up, naming too little shows a sealed
// size. Items are listed in the order in which their objects begin.
//
// Thread safety: pure functions. Errors: kMalformed when the text is not JSON (or deeper than 128).
// The caller bounds the size.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "gateway/graph/session_json.h"

namespace kerros::graph {

// One driveItem found in an answer (nested ones included).
struct FoundItem {
  std::string drive_id;  // parentReference.driveId, or empty when the answer does not say
  std::string item_id;   // empty when $select left it out
  std::string ctag;
  std::string etag;
  std::string name;
  std::string parent_path;  // parentReference.path, decoded: "/drives/b!x/root:/A/B"
  std::optional<std::uint64_t> size;
  std::string quick_xor_hash;  // base64, empty when absent
  std::string download_url;    // either spelling, empty when absent
  bool is_folder = false;
  bool is_root = false;  // has the root facet
  bool deleted = false;
  bool is_answer = false;  // the whole answer is this item: the request's own address names it

  // "/A/B/name" from the drive's root, "/" for the root; empty when the answer does not say.
  std::string place() const;
};
Result<std::vector<FoundItem>> find_items(std::string_view json);

// What is to be said of one found item instead. Every occurrence of a key is edited.
struct ItemEdit {
  std::optional<std::uint64_t> size;  // replaces "size" where it is, as number or string as it was
  // Replaces it, adds it to a file facet that has none, and takes other hashes of the ciphertext
  // away; empty string: removes "hashes".
  std::optional<std::string> quick_xor_hash;
  std::optional<std::string> download_url;  // replaces it; empty string: removes the key
  bool strip_media = false;  // image, photo, audio, video, location, thumbnails, and other hashes
};

struct Rewrite {
  // Edits by position in the list of find_items(); missing ones leave the item alone.
  std::vector<ItemEdit> items;
  // Called with every absolute URL among the annotation keys (nextLink, deltaLink, context ...);
  // returns the replacement. May be empty.
  std::function<std::string(std::string_view url)> link;
  // Keys to take out of every item that lies in no other item: see graph/select.h.
  std::vector<std::string> remove;
};
Result<std::string> rewrite(std::string_view json, const Rewrite& edits);

}  // namespace kerros::graph
