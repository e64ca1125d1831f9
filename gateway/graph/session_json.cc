#include "gateway/graph/session_json.h"

#include <algorithm>
#include <array>

#include "gateway/graph/json_text.h"

namespace kerros::graph {
namespace {

constexpr std::array<std::string_view, 3> kConflictKeys{
    "@microsoft.graph.conflictBehavior", "@name.conflictBehavior", "@odata.conflictBehavior"};
constexpr std::array<std::string_view, 2> kSourceKeys{"@microsoft.graph.sourceUrl",
                                                      "@content.sourceUrl"};

Result<JsonText> parse_unambiguous(std::string_view json) {
  if (json.starts_with('\xef')) return fail(ErrorCode::kMalformed, "a byte order mark");
  auto text = JsonText::parse(json);
  if (!text) return text;
  bool doubled = false;
  text->for_each_object(
      [&](Span, std::span<const Member> members) { doubled = doubled || has_duplicates(members); });
  if (doubled) return fail(ErrorCode::kMalformed, "a JSON key given twice");
  return text;
}

// A request body: an object in which no object gives a key twice.
Result<JsonText> parse_request(std::string_view json) {
  auto text = parse_unambiguous(json);
  if (text && !text->is_object(text->root()))
    return fail(ErrorCode::kMalformed, "not a JSON object");
  return text;
}

std::string string_at(const JsonText& text, std::span<const Member> members, const auto& names) {
  for (const std::string_view name : names)
    if (const Member* member = last_member(members, name)) return text.string_of(member->value);
  return {};
}

std::string string_at(const JsonText& text, std::span<const Member> members, const char* name) {
  return string_at(text, members, std::array<std::string_view, 1>{name});
}

bool has_any(std::span<const Member> members, const auto& names) {
  return std::ranges::any_of(
      names, [&](std::string_view name) { return last_member(members, name) != nullptr; });
}

// What tells of the bytes themselves, true of the plain ones only.
constexpr std::array<std::string_view, 4> kContentKeys{"size", "file", "hashes", "content"};

bool is_null(const JsonText& text, Span value) { return text.raw(value) == "null"; }

// Whether an object other than the outermost has a source: readers could take it for the one.
bool nests_source(JsonText& text) {
  bool found = false;
  const Span root = text.root();
  text.for_each_object([&](Span object, std::span<const Member> members) {
    found = found || (object.begin != root.begin && has_any(members, kSourceKeys));
  });
  return found;
}

bool is_blank(std::string_view json) {
  return json.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Members item_of(JsonText& text, std::span<const Member> members) {
  const Member* item = last_member(members, "item");
  return item == nullptr ? Members{} : text.members(item->value);
}

}  // namespace

Result<SessionRequest> read_session_request(std::string_view json) {
  SessionRequest request;
  if (is_blank(json)) return request;
  auto text = parse_request(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  const Members item = item_of(*text, top);
  for (const Members* members : {&item, &top}) {
    const Member* size = last_member(*members, "fileSize");
    if (size == nullptr || is_null(*text, size->value)) continue;
    const auto told = text->integer_of(size->value);
    if (!told) return fail(ErrorCode::kMalformed, "fileSize is not a size");
    if (request.file_size.value_or(*told) != *told)
      return fail(ErrorCode::kMalformed, "two sizes of the file");
    request.file_size = told;
  }
  const Members& where = has_any(item, kConflictKeys) ? item : top;
  request.conflict_behavior = string_at(*text, where, kConflictKeys);
  request.name = string_at(*text, item, "name");
  const std::string beside = string_at(*text, top, "name");
  if (!request.name.empty() && !beside.empty() && beside != request.name)
    return fail(ErrorCode::kMalformed, "two names of the file");
  if (request.name.empty()) request.name = beside;
  request.names_source = has_any(top, kSourceKeys) || nests_source(*text);
  request.describes_content = has_any(item, kContentKeys) || has_any(top, kContentKeys);
  const Member* defer = last_member(top, "deferCommit");
  request.defer_commit = defer != nullptr && text->raw(defer->value) == "true";
  return request;
}

Result<std::string> rewrite_session_request(std::string_view json, std::uint64_t sealed_size) {
  if (is_blank(json)) return std::string(json);
  auto text = parse_request(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  const Members item = item_of(*text, top);
  const std::string digits = std::to_string(sealed_size);
  Splicer splicer;
  for (const Members* members : {&item, &top}) {
    const Member* size = last_member(*members, "fileSize");
    if (size == nullptr || is_null(*text, size->value)) continue;
    splicer.replace(size->value, text->is_string(size->value) ? '"' + digits + '"' : digits);
  }
  return splicer.apply(json);
}

Result<SessionAnswer> read_session_answer(std::string_view json) {
  auto text = JsonText::parse(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  SessionAnswer answer;
  answer.upload_url = string_at(*text, top, "uploadUrl");
  answer.expiration = string_at(*text, top, "expirationDateTime");
  if (const Member* ranges = last_member(top, "nextExpectedRanges"))
    for (const Span element : text->elements(ranges->value))
      answer.next_expected_ranges.push_back(text->string_of(element));
  return answer;
}

Result<std::string> rewrite_session_answer(std::string_view json, std::string_view upload_url,
                                           std::string_view next_range) {
  auto text = JsonText::parse(json);
  if (!text) return tl::unexpected(text.error());
  if (!text->is_object(text->root())) return fail(ErrorCode::kMalformed, "not a JSON object");
  const Members top = text->members(text->root());
  const std::string ranges = "[" + to_json_string(next_range) + "]";
  Splicer splicer;
  for (const Member& member : top) {
    if (member.name == "uploadUrl") splicer.replace(member.value, to_json_string(upload_url));
    if (member.name == "nextExpectedRanges") splicer.replace(member.value, ranges);
  }
  if (last_member(top, "nextExpectedRanges") == nullptr)
    splicer.edit_object(text->root(), top, std::vector<bool>(top.size()),
                        "\"nextExpectedRanges\":" + ranges);
  return splicer.apply(json);
}

Result<CommitRequest> read_commit_request(std::string_view json) {
  auto text = parse_request(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  CommitRequest request;
  request.name = string_at(*text, top, "name");
  request.source_url = string_at(*text, top, kSourceKeys);
  if (request.source_url.empty()) return fail(ErrorCode::kMalformed, "no source of the content");
  for (const std::string_view key : kSourceKeys)
    if (const Member* member = last_member(top, key);
        member && text->string_of(member->value) != request.source_url)
      return fail(ErrorCode::kMalformed, "two sources of the content");
  if (nests_source(*text)) return fail(ErrorCode::kMalformed, "two sources of the content");
  if (has_any(top, kContentKeys) ||
      has_any(top, std::array<std::string_view, 3>{"folder", "fileSize", "item"}))
    return fail(ErrorCode::kMalformed, "a source and other content");
  return request;
}

Result<std::string> rewrite_commit_request(std::string_view json, std::string_view upload_url) {
  auto text = parse_request(json);
  if (!text) return tl::unexpected(text.error());
  Splicer splicer;
  for (const Member& member : text->members(text->root()))
    if (std::ranges::find(kSourceKeys, member.name) != kSourceKeys.end())
      splicer.replace(member.value, to_json_string(upload_url));
  return splicer.apply(json);
}

Result<ItemRequest> read_item_request(std::string_view json) {
  auto text = parse_request(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  ItemRequest request;
  request.name = string_at(*text, top, "name");
  request.conflict_behavior = string_at(*text, top, kConflictKeys);
  request.is_folder = last_member(top, "folder") != nullptr;
  request.carries_content =
      has_any(top, kSourceKeys) || has_any(top, std::array<std::string_view, 2>{"file", "content"});
  if (const Member* parent = last_member(top, "parentReference")) {
    const Members reference = text->members(parent->value);
    request.parent_drive_id = string_at(*text, reference, "driveId");
    request.parent_id = string_at(*text, reference, "id");
    request.parent_path = string_at(*text, reference, "path");
  }
  return request;
}

Status check_request(std::string_view json) {
  if (is_blank(json)) return {};
  if (auto text = parse_unambiguous(json); !text) return tl::unexpected(text.error());
  return {};
}

bool is_empty_request(std::string_view json) {
  if (is_blank(json)) return true;
  auto text = parse_request(json);
  return text && text->members(text->root()).empty();
}

}  // namespace kerros::graph
