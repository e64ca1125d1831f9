// Rewrites driveItems inside Graph's JSON by splicing byte ranges: everything else (key order,
// unknown keys, number text) stays octet for octet.
//
// Two steps over one parsed text, so that this room needs neither keys nor store: items() names
// what an answer holds; the caller looks it up; rewrite() splices what it learned.
//
// An object counts as a driveItem, wherever it is nested, when it has
//   * a download URL in either spelling, or
//   * an object-valued file, folder, package, remoteItem, specialFolder or deleted facet, or
//   * a size that is an integer, or an integer in a string.
// The rule is wide on purpose: naming too much costs a look-up, naming too little shows a sealed
// size. Items are listed in the order in which their objects begin.
//
// Two more shapes follow the item they belong to. The `fields` of a SharePoint list item repeat the
// size (FileSizeDisplay, File_x0020_Size, and size in search results); their item is the driveItem
// beside them, or the one they are nested in. A search hit holds a `summary`, which is text of the
// file that is its `resource`. Sizes in fields that belong to no item are taken out.
//
// Thread safety: one owner for each Answer. Lifetime: an Answer views the text it was made from.
// Errors: kMalformed when the text is not JSON (or deeper than 128), kFull when it holds more than
// kMostItems. The caller bounds the size.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

// One driveItem found in an answer (nested ones included).
struct FoundItem {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::string drive_id;  // parentReference.driveId, or empty when the answer does not say
  std::string item_id;   // empty when $select left it out
  std::string ctag;
  std::string etag;
  std::string name;
  std::string parent_path;  // parentReference.path, decoded: "/drives/b!x/root:/A/B"
  std::optional<std::uint64_t> size;
  std::string quick_xor_hash;  // base64, empty when absent
  std::string download_url;    // either spelling, empty when absent or no text
  std::size_t parent = kNone;  // position of the nearest item around it
  std::string via;             // the parent's key under which it lies: "remoteItem", "versions" ...
  bool is_folder = false;
  bool is_root = false;  // has the root facet
  bool deleted = false;
  std::optional<bool> draft;  // checked out or a minor version: not published; when told
  bool is_answer = false;     // the whole answer is this item: the request's own address names it

  // "/A/B/name" from the drive's root, "/" for the root; empty when the answer does not say.
  std::string place() const;
};

// What is to be said of one found item instead. Every occurrence of a key is edited.
struct ItemEdit {
  // Replaces "size" where it is, as number or string as it was, and the sizes in its fields.
  std::optional<std::uint64_t> size;
  bool drop_size = false;  // nobody can say what the size means: the keys go
  // Replaces it, adds it to a file facet that has none, and takes other hashes of the ciphertext
  // away; empty string: removes "hashes".
  std::optional<std::string> quick_xor_hash;
  // Replaces it, in either spelling and of any type. Without one, and wherever no item is, the keys
  // go: no answer leads past us.
  std::string download_url;
  // Replaces a file.mimeType that says only "application/octet-stream"; may be empty.
  std::string media_type;
  // Takes away what the cloud made of the stored bytes: image, photo, audio, video, location,
  // thumbnails, other hashes, a search hit's summary; and webDavUrl, which leads around us.
  bool strip_media = false;
};

// Keys that were asked for beyond what the client wanted, by where they stand: in the answer itself
// or in each element of its "value", and below in what their key `under` holds.
struct Unwanted {
  std::string under;  // empty at the top
  std::vector<std::string> keys;
  std::vector<Unwanted> below;
  bool empty() const { return keys.empty() && below.empty(); }
};

struct Rewrite {
  // Edits by position in the list of items(); missing ones leave the item alone.
  std::vector<ItemEdit> items;
  // For an answer that is itself the columns of one list item; without it their sizes go.
  std::optional<ItemEdit> columns;
  // Called with every absolute URL among the annotation keys (nextLink, deltaLink, context ...);
  // returns the replacement. May be empty.
  std::function<std::string(std::string_view url)> link;
  Unwanted remove;  // see graph/select.h
};

class Answer {
 public:
  // Pages hold a thousand; what is said of an item takes far more memory than naming one.
  static constexpr std::size_t kMostItems = 20'000;

  static Result<Answer> parse(std::string_view json);
  Answer(Answer&&) noexcept;
  ~Answer();

  std::vector<FoundItem> items();
  std::string rewrite(const Rewrite& edits);

 private:
  struct Parsed;
  explicit Answer(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

// For those who only look.
Result<std::vector<FoundItem>> find_items(std::string_view json);

}  // namespace kerros::graph
