#include "gateway/graph/answer_shape.h"

#include <algorithm>
#include <array>

namespace kerros::graph {
namespace {

struct Known {
  std::string_view name;
  Word word;
};

constexpr auto kKnown = std::to_array<Known>({
    {"id", Word::kId},
    {"cTag", Word::kCTag},
    {"eTag", Word::kETag},
    {"file", Word::kFile},
    {"name", Word::kName},
    {"root", Word::kRoot},
    {"size", Word::kSize},
    {"audio", Word::kMedia},
    {"image", Word::kMedia},
    {"photo", Word::kMedia},
    {"video", Word::kMedia},
    {"fields", Word::kFields},
    {"folder", Word::kFolder},
    {"deleted", Word::kDeleted},
    {"package", Word::kFolder},
    {"summary", Word::kSummary},
    {"location", Word::kMedia},
    {"resource", Word::kResource},
    {"driveItem", Word::kDriveItem},
    {"webDavUrl", Word::kMedia},
    {"remoteItem", Word::kFacet},
    {"thumbnails", Word::kMedia},
    {"publication", Word::kPublication},
    {"specialFolder", Word::kFacet},
    {"FileSizeDisplay", Word::kFieldSize},
    {"File_x0020_Size", Word::kFieldSize},
    {"parentReference", Word::kParentReference},
    {"onClickTelemetryUrl", Word::kLink},
    {"@content.downloadUrl", Word::kDownloadUrl},
    {"@microsoft.graph.downloadUrl", Word::kDownloadUrl},
});
constexpr std::size_t kLongest = kKnown.back().name.size();

// Where the names of each length begin in kKnown, which is ordered by length.
constexpr auto kByLength = [] {
  std::array<std::uint8_t, kLongest + 2> begins{};
  for (std::size_t length = 0; length < begins.size(); ++length)
    for (const Known& one : kKnown)
      if (one.name.size() < length) ++begins[length];
  return begins;
}();

constexpr std::array<std::string_view, 9> kLinks{
    "nextLink", "deltaLink",      "context",       "id",           "editLink",
    "readLink", "navigationLink", "mediaReadLink", "mediaEditLink"};
constexpr std::array<std::string_view, 4> kFieldSizes{"size", "Size", "SMTotalSize",
                                                      "SMTotalFileStreamSize"};

// "@odata.nextLink", "children@odata.nextLink", and the short "@nextLink" of newer OData.
bool is_link(std::string_view name) {
  const std::size_t sign = name.rfind('@');
  if (sign == std::string_view::npos) return false;
  std::string_view word = name.substr(sign + 1);
  if (word.starts_with("odata.")) word.remove_prefix(6);
  return std::ranges::find(kLinks, word) != kLinks.end();
}

// Whether a member alone makes its object a driveItem.
bool makes_item(const JsonText& text, const Member& member, Word word) {
  switch (word) {
    case Word::kDownloadUrl:
      return true;
    case Word::kSize:
      return text.integer_of(member.value).has_value();
    case Word::kFile:
    case Word::kFolder:
    case Word::kFacet:
    case Word::kDeleted:
      return text.is_object(member.value);
    default:
      return false;
  }
}

}  // namespace

Word word_of(std::string_view name) {
  if (name.size() <= kLongest)
    for (std::size_t i = kByLength[name.size()]; i < kByLength[name.size() + 1]; ++i)
      if (kKnown[i].name.front() == name.front() && kKnown[i].name == name) return kKnown[i].word;
  // "thumbnails@odata.context" goes with the thumbnails.
  const std::size_t sign = name.find('@');
  if (sign == std::string_view::npos) return Word::kOther;
  if (sign > 0 && word_of(name.substr(0, sign)) == Word::kMedia) return Word::kMedia;
  return is_link(name) ? Word::kLink : Word::kOther;
}

bool is_field_size(std::string_view name) {
  return word_of(name) == Word::kFieldSize ||
         std::ranges::find(kFieldSizes, name) != kFieldSizes.end();
}

AnswerShape::AnswerShape(JsonText& text) {
  text.for_each_object(
      [&](Span object, std::span<const Member> members) { visit(text, object, members); });
  std::ranges::sort(items, {}, [](const Object& item) { return item.span.begin; });
  find_parents();
  for (Fields& one : fields)
    one.item = one.beside != 0 ? item_at(one.beside) : item_around(one.object.span);
}

void AnswerShape::visit(JsonText& text, Span object, std::span<const Member> members) {
  bool item = false, facet = false, columns = false;
  const Member *inner = nullptr, *drive_item = nullptr, *summary = nullptr, *resource = nullptr;
  for (const Member& member : members) {
    const Word word = word_of(member.name);
    if (word == Word::kOther) continue;
    const bool makes = makes_item(text, member, word);
    item = item || makes;
    facet = facet || (makes && word != Word::kSize) || word == Word::kParentReference;
    columns = columns || word == Word::kFieldSize;
    if (word == Word::kFields && text.is_object(member.value)) inner = &member;
    if (word == Word::kDriveItem && text.is_object(member.value)) drive_item = &member;
    if (word == Word::kSummary) summary = &member;
    if (word == Word::kResource && text.is_object(member.value)) resource = &member;
    const bool link = word == Word::kLink || (word == Word::kMedia && is_link(member.name));
    if (link && text.is_string(member.value)) links.push_back(member.value);
  }
  if (inner != nullptr)
    note_fields(text, inner->value, drive_item != nullptr ? drive_item->value : Span{});
  // An item may repeat its size as columns do; columns have no facet of an item.
  if (columns && !(item && facet))
    fields.push_back({keep(object, members), 0, FoundItem::kNone});
  else if (item)
    items.push_back(keep(object, members));
  else if (summary != nullptr && resource != nullptr)
    hits.push_back({keep(object, members), resource->value});
}

// What lies under "fields" is columns of a list, whatever it looked like when it was visited, which
// was not long ago.
void AnswerShape::note_fields(JsonText& text, Span span, Span drive_item) {
  const auto forget = [&](auto& list, const auto& span_of) {
    auto last = list.end();
    while (last != list.begin() && span_of(*(last - 1)).begin > span.begin) --last;
    if (last != list.begin() && span_of(*(last - 1)).begin == span.begin) list.erase(last - 1);
  };
  forget(items, [](const Object& one) { return one.span; });
  forget(fields, [](const Fields& one) { return one.object.span; });
  const Members members = text.members(span);
  const auto matters = [](const Member& one) {
    return is_field_size(one.name) || word_of(one.name) == Word::kDownloadUrl;
  };
  if (std::ranges::any_of(members, matters))
    fields.push_back({keep(span, members), drive_item.begin, FoundItem::kNone});
}

AnswerShape::Object AnswerShape::keep(Span object, std::span<const Member> members) {
  const auto first = static_cast<std::uint32_t>(members_.size());
  members_.insert(members_.end(), members.begin(), members.end());
  return {object, first, static_cast<std::uint32_t>(members.size())};
}

void AnswerShape::find_parents() {
  parents.assign(items.size(), FoundItem::kNone);
  for (std::size_t i = 1; i < items.size(); ++i) {
    std::size_t around = i - 1;
    while (around != FoundItem::kNone && items[around].span.end < items[i].span.end)
      around = parents[around];
    parents[i] = around;
  }
}

std::size_t AnswerShape::item_at(std::size_t begin) const {
  const auto found = std::ranges::lower_bound(items, begin, {},
                                              [](const Object& item) { return item.span.begin; });
  return found != items.end() && found->span.begin == begin
             ? static_cast<std::size_t>(found - items.begin())
             : FoundItem::kNone;
}

std::size_t AnswerShape::item_around(Span span) const {
  const auto behind = std::ranges::lower_bound(items, span.begin, {},
                                               [](const Object& item) { return item.span.begin; });
  if (behind == items.begin()) return FoundItem::kNone;
  auto item = static_cast<std::size_t>(behind - items.begin()) - 1;
  while (item != FoundItem::kNone && items[item].span.end < span.end) item = parents[item];
  return item;
}

}  // namespace kerros::graph
