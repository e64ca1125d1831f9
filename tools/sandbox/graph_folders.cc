#include <algorithm>
#include <fstream>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"

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

std::uint64_t page_size(const GraphCall& call) {
  if (const auto size = call.exchange.switched("page.size")) return size->get<std::uint64_t>();
  const auto top = call.target.query.find("top");
  if (!top) return kDefaultPage;
  const auto wanted = parse_decimal(*top);
  if (!wanted || *wanted == 0)
    throw Refusal(400, "invalidRequest", "Invalid $top", "invalidQueryOption");
  return std::min(*wanted, kLargestPage);
}

std::string next_link(const GraphCall& call, std::uint64_t start) {
  std::string rest = call.target.query.without("skiptoken");
  if (!rest.empty()) rest += "&";
  return "https://" + graph_authority(call.exchange) + call.target.raw_path + "?" + rest +
         "$skiptoken=" + std::string(kTokenHead) + std::to_string(start) + std::string(kTokenTail);
}

Json page_of(GraphCall& call, const std::vector<Item*>& items, const Drive& drive) {
  const std::uint64_t start = page_start(call);
  const std::uint64_t end = std::min<std::uint64_t>(items.size(), start + page_size(call));
  const auto select = call.target.query.list("select");
  Json value = Json::array();
  for (std::uint64_t i = start; i < end; ++i) {
    value.push_back(selected(item_json(call.exchange, *items[i], {}), select));
  }
  Json out = {{"@odata.context", call.context("drives('" + percent_encode(drive.id) + "')/items")}};
  if (end < items.size()) out["@odata.nextLink"] = next_link(call, end);
  out["value"] = value;
  return out;
}

void order(const GraphCall& call, std::vector<Item*>& items) {
  const std::string by = call.target.query.find("orderby").value_or("name");
  const bool down = by.ends_with(" desc");
  Store& store = call.store();
  const auto key = [&](const Item* item) {
    if (by.starts_with("size")) return static_cast<std::int64_t>(store.size_of(*item));
    return by.starts_with("lastModifiedDateTime") ? item->modified : 0;
  };
  std::sort(items.begin(), items.end(), [&](const Item* a, const Item* b) {
    return std::pair(key(a), fold_name(a->name)) < std::pair(key(b), fold_name(b->name));
  });
  if (down) std::reverse(items.begin(), items.end());
}

Item& make_child(GraphCall& call, Item& parent, const Json& body, const std::string& wanted) {
  Store& store = call.store();
  const std::string conflict = lower_ascii(body.value(
      "@microsoft.graph.conflictBehavior", body.value("@name.conflictBehavior", "fail")));
  std::string name = wanted;
  if (Item* taken = store.child(parent, name)) {
    if (conflict == "replace" && taken->folder && body.contains("folder")) return *taken;
    if (conflict != "rename") throw name_exists("Name already exists");
    name = free_name(name, [&](const std::string& n) { return store.child(parent, n) != nullptr; });
  }
  if (body.contains("folder")) return store.create(parent, name, true, call.caller.oid);
  Arrived nothing{store.incoming("empty-" + call.exchange.request_id), 0,
                  QuickXor().base64_digest()};
  std::ofstream(nothing.file).flush();
  Item& item = store.create(parent, name, false, call.caller.oid);
  store.add_version(item, nothing, call.caller.oid);
  return item;
}

}  // namespace

Reply list_children(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  Item& folder = find_item(call);
  if (!folder.folder) throw bad_request("The item is not a folder");
  std::vector<Item*> items = call.store().children(folder);
  order(call, items);
  return json_reply(call.exchange, 200, page_of(call, items, drive));
}

Reply create_child(GraphCall& call) {
  if (!call.header("Content-Type").starts_with("application/json")) {
    throw Refusal(415, "notSupported", "Only JSON is accepted here");
  }
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  Item& parent = find_item(call);
  if (!parent.folder) throw bad_request("The item is not a folder");
  const std::string name = body.value("name", "");
  check_name(call.exchange, call.store(), parent, name);
  if (body.contains("folder") == body.contains("file")) {
    throw bad_request("Exactly one of folder and file is needed");
  }
  Item& item = make_child(call, parent, body, name);
  return json_reply(call.exchange, 201, item_json(call.exchange, item, item_view(call, drive)));
}

Reply search_items(GraphCall& call) {
  const std::string& segment = call.target.relation.back();
  const auto open = segment.find("q='");
  const auto close = segment.rfind("')");
  if (open == std::string::npos || close == std::string::npos || close < open + 3) {
    throw Refusal(400, "invalidRequest", "A query is needed", "invalidQueryOption");
  }
  const std::string wanted = fold_name(segment.substr(open + 3, close - open - 3));
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  std::vector<Item*> found;
  for (Item* item : call.store().changes_since(drive.id, 0)) {
    if (item->deleted || item->parent.empty()) continue;
    if (fold_name(item->name).find(wanted) != std::string::npos) found.push_back(item);
  }
  return json_reply(call.exchange, 200, page_of(call, found, drive));
}

}  // namespace kerros::sandbox
