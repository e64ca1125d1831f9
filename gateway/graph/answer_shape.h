// Where the driveItems of an answer are, with their members, in one walk over the text: the inside
// of graph/rewrite_item.h.
//
// Thread safety: one owner. Lifetime: views the text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/graph/json_text.h"
#include "gateway/graph/rewrite_item.h"

namespace kerros::graph {

// Keys with a meaning for us, told apart once.
enum class Word : std::uint8_t {
  kOther,
  kId,
  kName,
  kCTag,
  kETag,
  kSize,
  kFile,
  kFolder,  // folder, package
  kFacet,   // remoteItem, specialFolder: they make an object an item
  kDeleted,
  kRoot,
  kParentReference,
  kPublication,
  kDownloadUrl,
  kMedia,  // image, thumbnails, webDavUrl ...: see ItemEdit::strip_media
  kFields,
  kFieldSize,  // FileSizeDisplay, File_x0020_Size
  kDriveItem,
  kSummary,
  kResource,
  kLink,
};
Word word_of(std::string_view name);
// size as a column of a list or of a search result.
bool is_field_size(std::string_view name);

class AnswerShape {
 public:
  struct Object {
    Span span;
    std::uint32_t first = 0;  // of its members in members()
    std::uint32_t count = 0;
  };
  struct Fields {
    Object object;
    std::size_t beside = 0;               // where the driveItem beside it begins; 0: none
    std::size_t item = FoundItem::kNone;  // the one it tells about
  };
  struct Hit {
    Object object;
    Span resource;
  };

  explicit AnswerShape(JsonText& text);

  std::span<const Member> members(const Object& object) const {
    return std::span(members_).subspan(object.first, object.count);
  }
  // The item whose object begins there; kNone when there is none.
  std::size_t item_at(std::size_t begin) const;

  std::vector<Object> items;         // by where they begin
  std::vector<std::size_t> parents;  // of items: the nearest item around each, or kNone
  std::vector<Fields> fields;
  std::vector<Hit> hits;
  std::vector<Span> links;  // strings

 private:
  void visit(JsonText& text, Span object, std::span<const Member> members);
  void note_fields(JsonText& text, Span span, Span drive_item);
  Object keep(Span object, std::span<const Member> members);
  void find_parents();
  std::size_t item_around(Span span) const;

  std::vector<Member> members_;
};

}  // namespace kerros::graph
