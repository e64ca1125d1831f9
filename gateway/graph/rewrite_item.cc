#include "gateway/graph/rewrite_item.h"

#include "gateway/graph/answer_editor.h"
#include "gateway/graph/percent.h"

namespace kerros::graph {
namespace {

// SharePoint percent-encodes this path and others do not: what holds an octet that an encoded path
// cannot hold, or a % that begins no triplet, is taken as it is.
std::string decode_path(std::string path) {
  if (path.find('%') == std::string::npos) return path;
  auto decoded = decode_percent(path, Plus::kLiteral);
  return decoded ? std::move(decoded->text) : std::move(path);
}

void describe_parent(JsonText& text, Span reference, FoundItem& found) {
  text.for_each_member(reference, [&](const Member& member) {
    if (member.name == "driveId") found.drive_id = text.string_of(member.value);
    if (member.name == "path") found.parent_path = decode_path(text.string_of(member.value));
  });
}

void describe_file(JsonText& text, Span file, FoundItem& found) {
  text.for_each_member(file, [&](const Member& facet) {
    if (facet.name != "hashes") return;
    text.for_each_member(facet.value, [&](const Member& hash) {
      if (hash.name == "quickXorHash") found.quick_xor_hash = text.string_of(hash.value);
    });
  });
}

// "checkout", and versions like 2.1, are seen by their author alone.
void describe_publication(JsonText& text, Span publication, FoundItem& found) {
  if (!text.is_object(publication)) return;
  std::string level, version;
  text.for_each_member(publication, [&](const Member& member) {
    if (member.name == "level") level = text.string_of(member.value);
    if (member.name == "versionId") version = text.string_of(member.value);
  });
  const std::size_t dot = version.find('.');
  const bool is_minor = dot != std::string::npos && version.substr(dot) != ".0";
  found.draft = level == "checkout" || is_minor;
}

// A key given twice: readers let the last one win.
void describe_member(JsonText& text, const Member& member, FoundItem& found) {
  switch (word_of(member.name)) {
    case Word::kId:
      found.item_id = text.string_of(member.value);
      break;
    case Word::kCTag:
      found.ctag = text.string_of(member.value);
      break;
    case Word::kETag:
      found.etag = text.string_of(member.value);
      break;
    case Word::kName:
      found.name = text.string_of(member.value);
      break;
    case Word::kSize:
      found.size = text.integer_of(member.value);
      break;
    case Word::kFolder:
      found.is_folder = found.is_folder || text.is_object(member.value);
      break;
    case Word::kRoot:
      found.is_root = text.is_object(member.value);
      break;
    case Word::kDeleted:
      found.deleted = text.is_object(member.value);
      break;
    case Word::kDownloadUrl:
      found.download_url = text.string_of(member.value);
      break;
    case Word::kParentReference:
      describe_parent(text, member.value, found);
      break;
    case Word::kPublication:
      describe_publication(text, member.value, found);
      break;
    case Word::kFile:
      describe_file(text, member.value, found);
      break;
    default:
      break;
  }
}

}  // namespace

struct Answer::Parsed {
  explicit Parsed(std::string_view octets, JsonText parsed)
      : json(octets), text(std::move(parsed)), shape(text) {}

  std::string_view json;
  JsonText text;
  AnswerShape shape;
};

Answer::Answer(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Answer::Answer(Answer&&) noexcept = default;
Answer::~Answer() = default;

Result<Answer> Answer::parse(std::string_view json) {
  auto text = JsonText::parse(json);
  if (!text) return tl::unexpected(text.error());
  auto parsed = std::make_unique<Parsed>(json, *std::move(text));
  if (parsed->shape.items.size() > kMostItems)
    return fail(ErrorCode::kFull, "more items than an answer may hold");
  return Answer(std::move(parsed));
}

std::vector<FoundItem> Answer::items() {
  const AnswerShape& shape = parsed_->shape;
  JsonText& text = parsed_->text;
  std::vector<FoundItem> out(shape.items.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const AnswerShape::Object& object = shape.items[i];
    for (const Member& member : shape.members(object)) describe_member(text, member, out[i]);
    out[i].is_answer = object.span.begin == text.root().begin;
    out[i].parent = shape.parents[i];
    if (out[i].parent == FoundItem::kNone) continue;
    for (const Member& member : shape.members(shape.items[out[i].parent]))
      if (member.begin < object.span.begin) out[i].via = member.name;
  }
  return out;
}

std::string Answer::rewrite(const Rewrite& edits) {
  return edit_answer(parsed_->json, parsed_->text, parsed_->shape, edits);
}

Result<std::vector<FoundItem>> find_items(std::string_view json) {
  auto answer = Answer::parse(json);
  if (!answer) return tl::unexpected(answer.error());
  return answer->items();
}

std::string FoundItem::place() const {
  if (is_root) return "/";
  constexpr std::string_view kRoot = "root:";
  const std::size_t root = parent_path.find(kRoot);
  if (root == std::string::npos || name.empty()) return {};
  return parent_path.substr(root + kRoot.size()) + "/" + name;
}

}  // namespace kerros::graph
