// Search by name and by what the stored bytes say: of sealed bytes that is nothing.
#include <fstream>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/paging.h"
#include "tools/sandbox/target_reader.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

struct Hit {
  Item* item;
  std::string summary;  // the words around what was found; empty: the name matched
};

std::string indexed_text(const Store& store, const Item& item) {
  constexpr std::size_t kIndexed = 64 * 1024;
  std::string text(kIndexed, '\0');
  std::ifstream in(store.blob(item.current()), std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::optional<Hit> match(const Store& store, Item& item, const std::string& wanted) {
  constexpr std::size_t kAround = 40;
  if (fold_name(item.name).find(wanted) != std::string::npos) return Hit{&item, {}};
  if (item.folder || wanted.empty()) return std::nullopt;
  const std::string text = indexed_text(store, item);
  const auto at = lower_ascii(text).find(wanted);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t first = at > kAround ? at - kAround : 0;
  return Hit{&item, "..." + text.substr(first, wanted.size() + 2 * kAround) + "..."};
}

bool lies_below(Store& store, const Item& item, const Item& folder) {
  const Item* at = &item;
  while (at != nullptr && at != &folder) at = store.item(at->drive, at->parent);
  return at != nullptr;
}

std::vector<Hit> hits_below(Store& store, const Item& folder, const std::string& wanted) {
  std::vector<Hit> out;
  for (Item* item : store.changes_since(folder.drive, 0)) {
    if (item->deleted || item->parent.empty() || !lies_below(store, *item, folder)) continue;
    if (auto hit = match(store, *item, wanted)) out.push_back(*hit);
  }
  return out;
}

// "quarter" out of 'quarter filetype:docx': restrictions are not understood here.
std::string words_of(const std::string& query) {
  std::string out;
  for (const std::string& word : split(query, ' ')) {
    if (word.empty() || word.find(':') != std::string::npos) continue;
    out += (out.empty() ? "" : " ") + word;
  }
  return fold_name(out);
}

Json resource_of(GraphCall& call, const Json& request, Item& item, const std::string& type) {
  static const Query kWithFields("$expand=fields");
  if (type == "listItem") {
    Json out = {{"@odata.type", "#microsoft.graph.listItem"}};
    out.update(viewed_list_item(call, item, kWithFields));
    out["fields"]["size"] = call.store().size_of(item);
    return out;
  }
  Json out = {{"@odata.type", "#microsoft.graph.driveItem"}};
  out.update(
      selected(item_json(call.exchange, item, {}),
               {"id", "name", "size", "webUrl", "createdBy", "createdDateTime", "file", "folder",
                "fileSystemInfo", "lastModifiedBy", "lastModifiedDateTime", "parentReference"}));
  if (request.contains("fields")) {
    out["listItem"] = {{"@odata.type", "#microsoft.graph.listItem"},
                       {"id", lower_ascii(item.guid)},
                       {"fields", fields_json(call, item, {})}};
    out["listItem"]["fields"]["size"] = call.store().size_of(item);
  }
  return out;
}

std::vector<Hit> hits_of(GraphCall& call, const std::string& wanted) {
  std::vector<Hit> out;
  Store& store = call.store();
  for (const auto& [id, drive] : store.drives()) {
    if (!may_reach(call.caller, drive)) continue;
    for (Hit& hit : hits_below(store, *store.item(id, drive.root), wanted)) {
      out.push_back(std::move(hit));
    }
  }
  return out;
}

Json answer_one(GraphCall& call, const Json& request) {
  constexpr std::uint64_t kDefaultSize = 25;
  const std::string query = request.at("query").at("queryString").get<std::string>();
  const std::string type = request.at("entityTypes").at(0).get<std::string>();
  if (type != "driveItem" && type != "listItem") throw bad_request("The entity type is not served");
  const std::vector<Hit> found = hits_of(call, words_of(query));
  const auto from = request.value("from", std::uint64_t{0});
  const auto size = request.value("size", kDefaultSize);
  Json hits = Json::array();
  for (std::uint64_t i = from; i < found.size() && hits.size() < size; ++i) {
    Item& item = *found[i].item;
    hits.push_back({{"hitId", type == "driveItem" ? item.id : lower_ascii(item.guid)},
                    {"rank", i + 1},
                    {"summary", found[i].summary},
                    {"resource", resource_of(call, request, item, type)}});
  }
  const bool more = from + hits.size() < found.size();
  return {
      {"searchTerms", split(query, ' ')},
      {"hitsContainers",
       Json::array({{{"hits", hits}, {"total", found.size()}, {"moreResultsAvailable", more}}})}};
}

}  // namespace

Reply search_items(GraphCall& call) {
  const std::string& segment = call.target.relation.back();
  if (segment.find("q='") == std::string::npos) {
    throw Refusal(400, "invalidRequest", "A query is needed", "invalidQueryOption");
  }
  const auto lock = call.store().lock();
  std::vector<Item*> found;
  for (const Hit& hit :
       hits_below(call.store(), find_item(call), fold_name(argument(segment, "q")))) {
    found.push_back(hit.item);
  }
  return json_reply(call.exchange, 200,
                    items_page(call, found, call.context("Collection(driveItem)")));
}

Reply query_search(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Json value = Json::array();
  for (const Json& request : body.at("requests")) value.push_back(answer_one(call, request));
  return json_reply(call.exchange, 200,
                    {{"value", value}, {"@odata.context", call.context("Collection(search)")}});
}

}  // namespace kerros::sandbox
