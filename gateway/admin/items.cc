// The noun item: what is sealed, page by page.
#include <algorithm>

#include "gateway/admin/noun.h"

namespace kerros::admin {
namespace {

using UnitNames = std::map<keystore::Id, std::string>;

UnitNames unit_names(const keystore::KeyStore& store) {
  UnitNames names;
  for (const auto& key : store.unit_keys()) names[key.unit] = key.unit_name;
  return names;
}

Json hash_or_null(const crypto::QuickXorDigest& hash, bool known) {
  return known ? Json(to_base64(hash)) : Json();
}

Json to_json(const keystore::ItemRecord& item, const UnitNames& units) {
  const auto unit = units.find(item.sealed.unit);
  const bool known = item.bound != 0;  // sizes and hashes come with the binding
  const auto& b = item.binding;
  return {{"drive_id", b.drive_id},
          {"item_id", b.item_id},
          {"name", b.name},
          {"path", b.path},
          {"unit", unit == units.end() ? "" : unit->second},
          {"unit_id", to_hex(item.sealed.unit)},
          {"key_id", to_hex(item.sealed.key)},
          {"record_id", to_hex(item.id)},
          {"key_version", item.sealed.kek_version},
          {"state", keystore::name(item.state)},
          {"class", item.item_class},
          {"plain_size", known ? Json(b.plain_size) : Json()},
          {"sealed_size", known ? Json(b.sealed_size) : Json()},
          {"plain_quick_xor_hash", hash_or_null(b.plain_hash, known)},
          {"sealed_quick_xor_hash", hash_or_null(b.sealed_hash, known)},
          {"ctag", b.ctag},
          {"etag", b.etag},
          {"created", time_or_null(item.created)},
          {"created_by", item.created_by},
          {"bound", time_or_null(item.bound)}};
}

Result<keystore::Id> id_option(const Request& request, const std::string& name) {
  keystore::Id id{};
  const auto text = option(request, name);
  if (text.empty() || from_hex(text, id)) return id;
  return complain(ErrorCode::kMalformed, name + " is \"" + text + "\"",
                  "it must be a key id: 32 hexadecimal digits", "");
}

Status check_state(const std::string& state) {
  std::string names;
  for (auto s : {keystore::ItemState::kPending, keystore::ItemState::kBound,
                 keystore::ItemState::kUnverified, keystore::ItemState::kSuperseded,
                 keystore::ItemState::kSuspect, keystore::ItemState::kVoid,
                 keystore::ItemState::kShredded}) {
    if (state == keystore::name(s)) return {};
    names += (names.empty() ? "" : ", ") + std::string(keystore::name(s));
  }
  if (state.empty()) return {};
  return complain(ErrorCode::kMalformed, "no item is ever in the state \"" + state + "\"",
                  "the states are " + names, "");
}

// Every version of an item whose drive was not named.
Result<std::vector<keystore::ItemRecord>> versions_in_any_drive(const keystore::KeyStore& store,
                                                                const std::string& item) {
  std::vector<keystore::ItemRecord> found;
  keystore::ScanFilter filter;
  filter.item_id = item;
  keystore::Id after{};
  while (true) {
    auto page = store.scan(after, kMaxPage, filter);
    if (!page) return tl::unexpected(page.error());
    if (page->empty()) return found;
    after = page->back().id;
    std::move(page->begin(), page->end(), std::back_inserter(found));
  }
}

Result<std::vector<keystore::ItemRecord>> versions_of(const keystore::KeyStore& store,
                                                      const std::string& item,
                                                      const std::string& drive) {
  keystore::Id key{};
  if (from_hex(item, key)) {
    auto bindings = store.bindings(key);
    if (!bindings || !bindings->empty()) return bindings;
    auto record = store.find(key);  // a copy, by its own id
    if (record) return std::vector{std::move(*record)};
    if (record.error().code != ErrorCode::kNotFound) return tl::unexpected(record.error());
  }
  if (!drive.empty()) return store.versions(drive, item);
  auto found = versions_in_any_drive(store, item);
  if (found)
    std::sort(found->begin(), found->end(),
              [](const auto& a, const auto& b) { return a.id > b.id; });
  return found;
}

}  // namespace

Result<Json> list_items(const Context& context) {
  const auto& request = context.request;
  const auto state = option(request, "state");
  if (auto ok = check_state(state); !ok) return tl::unexpected(ok.error());
  const auto after = id_option(request, "after");
  if (!after) return tl::unexpected(after.error());
  const auto limit = number_option(request, "limit", kMaxPage, kMaxPage);
  if (!limit) return tl::unexpected(limit.error());
  keystore::ScanFilter filter;
  filter.drive_id = option(request, "drive");
  if (auto ok = record_reading(context, audit::Event::kRegisterRead, to_target(request)); !ok)
    return tl::unexpected(ok.error());

  const auto& store = *context.installation.store;
  const auto page = store.scan(*after, *limit, filter);
  if (!page) return tl::unexpected(page.error());
  const auto units = unit_names(store);
  auto items = Json::array();
  for (const auto& item : *page)
    if (state.empty() || state == keystore::name(item.state)) items.push_back(to_json(item, units));
  const bool more = page->size() == *limit && *limit > 0;
  return Json{{"items", std::move(items)}, {"next", more ? Json(to_hex(page->back().id)) : Json()}};
}

Result<Json> show_item(const Context& context) {
  const auto item = option(context.request, "item");
  const auto drive = option(context.request, "drive");
  if (auto ok = record_reading(context, audit::Event::kRegisterRead, to_target(context.request));
      !ok)
    return tl::unexpected(ok.error());
  const auto& store = *context.installation.store;
  const auto versions = versions_of(store, item, drive);
  if (!versions) return tl::unexpected(versions.error());
  if (versions->empty())
    return complain(ErrorCode::kNotFound, "no item is known as \"" + item + "\"",
                    "it was never sealed here, or lies in another drive",
                    "`kerros item list` shows every item with its id");
  const auto units = unit_names(store);
  auto list = Json::array();
  for (const auto& version : *versions) list.push_back(to_json(version, units));
  return Json{{"versions", std::move(list)}};
}

}  // namespace kerros::admin
