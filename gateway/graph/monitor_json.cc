#include "gateway/graph/monitor_json.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

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

using Names = std::span<const std::string_view>;
constexpr std::array<std::string_view, 11> kKnown{
    "@odata.context",  "id",        "operation",         "percentageComplete",
    "resourceId",      "status",    "resourceLocation",  "statusDescription",
    "createdDateTime", "errorCode", "lastActionDateTime"};
constexpr std::array<std::string_view, 2> kOfError{"code", "message"};

struct Editor {
  JsonText& text;
  const Link& link;
  Splicer& splicer;

  enum class At : std::uint8_t { kTop, kError };
  void edit(Span object, At at) {
    const Names known = at == At::kTop ? Names(kKnown) : Names(kOfError);
    const Members members = text.members(object);
    std::vector<bool> removed(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      const Member& member = members[i];
      if (at == At::kTop && member.name == "error" && text.is_object(member.value))
        edit(member.value, At::kError);
      else
        removed[i] = !keep(member, known);
    }
    splicer.edit_object(object, members, removed, "");
  }

  bool keep(const Member& member, Names known) {
    if (std::ranges::find(known, member.name) == known.end()) return false;
    if (text.is_object(member.value) || text.is_array(member.value)) return false;
    const std::string said = text.string_of(member.value);
    if (said.find("://") == std::string::npos && !said.starts_with("//")) return true;
    const std::string other = link(said);
    if (!other.empty() && other != said) splicer.replace(member.value, to_json_string(other));
    return !other.empty();
  }
};

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
  Splicer splicer;
  Editor{*text, link, splicer}.edit(text->root(), Editor::At::kTop);
  return splicer.apply(json);
}

}  // namespace kerros::graph
