#include "gateway/graph/verb.h"

#include <algorithm>
#include <array>

namespace kerros::graph {
namespace {

// Fields by which some servers let POST stand for another verb.
constexpr std::array<std::string_view, 3> kFields{"X-HTTP-Method-Override", "X-HTTP-Method",
                                                  "X-Method-Override"};
constexpr std::array<std::string_view, 3> kGraphVerbs{"PUT", "PATCH", "DELETE"};

}  // namespace

Result<std::optional<std::string_view>> tunnelled_verb(const RequestHead& head,
                                                       std::span<const std::string_view> allowed) {
  std::optional<std::string_view> verb;
  for (const std::string_view field : kFields) {
    const std::size_t count = head.fields.count(field);
    if (count == 0) continue;
    if (count > 1 || verb) return fail(ErrorCode::kMalformed, "two tunnelled verbs");
    verb = head.fields.find(field);
  }
  if (!verb) return std::nullopt;
  if (head.method != Method::kPost || std::ranges::find(allowed, *verb) == allowed.end())
    return fail(ErrorCode::kMalformed, "a verb that may not be tunnelled, or not by this method");
  return verb;
}

Result<Method> effective_method(const RequestHead& head) {
  const auto verb = tunnelled_verb(head, kGraphVerbs);
  if (!verb) return tl::unexpected(verb.error());
  return *verb ? method_of(**verb) : head.method;
}

}  // namespace kerros::graph
