#include "gateway/graph/monitor_json.h"

#include <algorithm>

#include "gateway/graph/json_text.h"

namespace kerros::graph {
namespace {

Result<JsonText> parse_object(std::string_view json) {
  auto text = JsonText::parse(json);
  if (text && !text->is_object(text->root()))
    return fail(ErrorCode::kMalformed, "not a JSON object");
  return text;
}

std::string string_at(const JsonText& text, std::span<const Member> members,
                      std::string_view name) {
  const Member* member = last_member(members, name);
  return member == nullptr ? std::string() : text.string_of(member->value);
}

}  // namespace

Result<MonitorAnswer> read_monitor_answer(std::string_view json) {
  auto text = parse_object(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  return MonitorAnswer{string_at(*text, top, "status"), string_at(*text, top, "resourceId")};
}

Result<std::string> rewrite_monitor_answer(std::string_view json, const Link& link) {
  auto text = parse_object(json);
  if (!text) return tl::unexpected(text.error());
  const Members top = text->members(text->root());
  std::vector<bool> removed(top.size());
  Splicer splicer;
  for (std::size_t i = 0; i < top.size(); ++i) {
    const std::string url = text->string_of(top[i].value);
    if (!url.starts_with("https://") && !url.starts_with("http://")) continue;
    const std::string other = link(url);
    removed[i] = other.empty();
    if (!removed[i] && other != url) splicer.replace(top[i].value, to_json_string(other));
  }
  splicer.edit_object(text->root(), top, removed, "");
  return splicer.apply(json);
}

}  // namespace kerros::graph
