#include "tools/sandbox/commit.h"

#include <set>

#include "tools/sandbox/conditions.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

Item* existing_item(Store& store, const Placement& p) {
  if (!p.item.empty()) return store.item(p.drive, p.item);
  Item* parent = store.item(p.drive, p.parent);
  return parent == nullptr ? nullptr : store.child(*parent, p.name);
}

Refusal precondition_failed() {
  return {412, "resourceModified", "ETag does not match current item's value",
          "entityTagDoesNotMatch"};
}

// What the service does to some documents by itself once they are stored.
void afterthoughts(Exchange& exchange, Item& item) {
  if (const auto delay = exchange.switched("etag.drift")) {
    item.drift_at =
        exchange.cloud.clock.now_ms() + (delay->is_number() ? delay->get<std::int64_t>() : 2000);
  }
  static const std::set<std::string> kPromoted = {"docx", "xlsx", "pptx", "doc",
                                                  "xls",  "pdf",  "html", "jpg"};
  if (!kPromoted.contains(extension_of(item.name))) return;
  if (const auto value = exchange.switched("enrich")) {
    if (value->is_object() && value->value("later", false)) {
      item.enrich_later = true;
    } else {
      exchange.cloud.store.enrich(item);
    }
  }
}

}  // namespace

void check_conditions(const Item& item, const std::string& if_match,
                      const std::string& if_none_match) {
  const std::vector<std::string> own = {item.etag_text(), item.ctag_text()};
  if (!if_match.empty() && !matches_any(parse_tags(if_match), own, true)) {
    throw precondition_failed();
  }
  if (!if_none_match.empty() && matches_any(parse_tags(if_none_match), own, true)) {
    throw precondition_failed();
  }
}

void check_unlocked(const Item& item, const std::string& oid) {
  if (item.checked_out_by.empty() || item.checked_out_by == oid) return;
  throw Refusal(423, "resourceLocked", "The file is checked out by another user");
}

void check_name(const Exchange& exchange, Store& store, const Item& parent,
                const std::string& name) {
  constexpr std::size_t kLongestPath = 400;
  const std::string why = why_name_is_bad(name);
  if (!why.empty() && (exchange.strict() || name.find('/') != std::string::npos)) {
    throw Refusal(400, "invalidRequest", why, "nameContainsInvalidCharacters");
  }
  if (store.path_of(parent).size() + 1 + name.size() > kLongestPath) {
    throw Refusal(400, "invalidRequest", "The path is too long", "pathIsTooLong");
  }
}

void check_placement(Store& store, const Placement& p) {
  const Item* existing = existing_item(store, p);
  if (existing == nullptr) {
    if (!p.item.empty()) throw item_not_found();
    const Item* parent = store.item(p.drive, p.parent);
    if (parent == nullptr || !parent->folder) throw item_not_found();
    if (!p.if_match.empty()) throw precondition_failed();
    return;
  }
  if (existing->folder) throw name_exists("A folder of that name exists");
  check_unlocked(*existing, p.by);
  check_conditions(*existing, p.if_match, p.if_none_match);
  if (p.conflict == "fail") throw name_exists("The specified item name already exists.");
}

Committed commit(Exchange& exchange, const Placement& p, const Arrived& bytes,
                 const std::string& by) {
  Store& store = exchange.cloud.store;
  check_placement(store, p);
  Item* item = existing_item(store, p);
  bool created = item == nullptr;
  std::string name = p.name;
  if (item != nullptr && p.conflict == "rename" && p.item.empty()) {
    const Item& parent = *store.item(p.drive, p.parent);
    name =
        free_name(p.name, [&](const std::string& n) { return store.child(parent, n) != nullptr; });
    created = true;
  }
  if (created) item = &store.create(*store.item(p.drive, p.parent), name, false, by, p.new_id);
  store.add_version(*item, bytes, by);
  afterthoughts(exchange, *item);
  return {item, created};
}

}  // namespace kerros::sandbox
