#include "tools/sandbox/paging.h"

#include <algorithm>

namespace kerros::sandbox {
namespace {

constexpr std::uint64_t kDefaultPage = 200;
constexpr std::uint64_t kLargestPage = 1000;
// Opaque to clients, and nasty on purpose: whoever decodes or encodes it anew gets a 400.
constexpr std::string_view kTokenHead = "Paged%25TRUE+p_ID'";
constexpr std::string_view kTokenTail = "'";

std::uint64_t page_start(const GraphCall& call) {
  auto token = call.target.query.find_raw("skiptoken");
  if (!token) return 0;
  // URL parsers of browsers and Node write an apostrophe in a query as %27, and may.
  for (auto at = token->find("%27"); at != std::string::npos; at = token->find("%27")) {
    token->replace(at, 3, "'");
  }
  const std::string_view text = *token;
  const bool whole = text.starts_with(kTokenHead) && text.ends_with(kTokenTail) &&
                     text.size() > kTokenHead.size() + kTokenTail.size();
  const auto offset =
      whole ? parse_decimal(text.substr(kTokenHead.size(),
                                        text.size() - kTokenHead.size() - kTokenTail.size()))
            : std::nullopt;
  if (!offset) throw Refusal(400, "invalidRequest", "The skip token is not ours", "badToken");
  return *offset;
}

std::string next_link(const GraphCall& call, std::uint64_t start) {
  std::string rest = call.target.query.without("skiptoken");
  if (!rest.empty()) rest += "&";
  return call.origin + call.target.raw_path + "?" + rest + "$skiptoken=" + std::string(kTokenHead) +
         std::to_string(start) + std::string(kTokenTail);
}

}  // namespace

std::uint64_t page_size(const GraphCall& call) {
  if (const auto size = call.exchange.switched("page.size")) return size->get<std::uint64_t>();
  const auto top = call.target.query.find("top");
  if (!top) return kDefaultPage;
  const auto wanted = parse_decimal(*top);
  if (!wanted || *wanted == 0) {
    throw Refusal(400, "invalidRequest", "Invalid $top", "invalidQueryOption");
  }
  return std::min(*wanted, kLargestPage);
}

Page page_of(const GraphCall& call, std::uint64_t total) {
  Page page;
  page.start = std::min(page_start(call), total);
  page.end = std::min(total, page.start + page_size(call));
  if (page.end < total) page.next_link = next_link(call, page.end);
  return page;
}

Json list_json(const std::string& context, const Page& page, Json value) {
  Json out = {{"@odata.context", context}};
  if (!page.next_link.empty()) out["@odata.nextLink"] = page.next_link;
  out["value"] = std::move(value);
  return out;
}

}  // namespace kerros::sandbox
