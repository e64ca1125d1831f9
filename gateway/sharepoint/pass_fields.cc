#include "gateway/sharepoint/pass_fields.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/graph/request_fields.h"

namespace kerros::sharepoint {
namespace {

constexpr std::array<std::string_view, 10> kOfConnections{"Connection",
                                                          "Content-Length",
                                                          "Keep-Alive",
                                                          "Proxy-Authenticate",
                                                          "Proxy-Connection",
                                                          "Proxy-Authorization",
                                                          "TE",
                                                          "Trailer",
                                                          "Transfer-Encoding",
                                                          "Upgrade"};
constexpr std::array<std::string_view, 2> kOfRequests{"Host", "Expect"};

bool is_in(const auto& list, std::string_view name) {
  return std::ranges::any_of(list,
                             [&](std::string_view one) { return graph::same_name(one, name); });
}

graph::Fields passed(const graph::Fields& fields, const auto& more) {
  graph::Fields out;
  for (const auto& [name, value] : fields.lines())
    if (!is_in(kOfConnections, name) && !is_in(more, name) &&
        !graph::is_named_by_connection(fields, name))
      out.add(name, value);
  return out;
}

}  // namespace

graph::Fields passed_to_upstream(const graph::Fields& client) {
  return passed(client, kOfRequests);
}

graph::Fields passed_to_client(const graph::Fields& upstream) {
  return passed(upstream, std::array<std::string_view, 1>{"Alt-Svc"});
}

}  // namespace kerros::sharepoint
