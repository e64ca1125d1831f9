// The noun key, as far as it is only looked at: unit keys and their versions, never the keys
// themselves, and what stands under each.
#include "gateway/admin/key_requests.h"

namespace kerros::admin {

using keystore::KeyUse;
using keystore::UnitKeyInfo;

Json to_json(const UnitKeyInfo& key) {
  return {{"unit", key.unit_name},
          {"unit_id", to_hex(key.unit)},
          {"version", key.version},
          {"key_id", to_hex(key.kek)},
          {"state", keystore::name(key.state)},
          {"created", time_or_null(key.created)}};
}

Result<keystore::Id> unit_named(const Context& context, const std::string& text) {
  keystore::Id id{};
  const bool is_id = from_hex(text, id);
  for (const UnitKeyInfo& key : context.installation.store->unit_keys())
    if (key.unit_name == text || (is_id && key.unit == id)) return key.unit;
  return complain(ErrorCode::kNotFound, "no unit is named \"" + text + "\"",
                  "the store holds no key of that unit", "`kerros key list` shows them");
}

Result<std::vector<keystore::Id>> units_asked(const Context& context) {
  const auto named = option(context.request, "unit");
  const bool all = !option(context.request, "all").empty();
  if (named.empty() != all)
    return complain(ErrorCode::kMalformed, "a unit must be named, or all of them",
                    "a change of keys is never meant for whatever unit comes first", "");
  std::vector<keystore::Id> units;
  if (!all) {
    const auto unit = unit_named(context, named);
    if (!unit) return tl::unexpected(unit.error());
    units.push_back(*unit);
    return units;
  }
  for (const UnitKeyInfo& key : context.installation.store->unit_keys())
    if (std::ranges::find(units, key.unit) == units.end()) units.push_back(key.unit);
  return units;
}

std::string target_of(const UnitKeyInfo& key) {
  return "unit " + key.unit_name + " " + to_hex(key.unit) + " version " +
         std::to_string(key.version);
}

Result<Json> list_keys(const Context& context) {
  if (auto ok = record_reading(context, audit::Event::kRegisterRead, "/v1/keys"); !ok)
    return tl::unexpected(ok.error());
  auto keys = Json::array();
  for (const auto& key : context.installation.store->unit_keys()) keys.push_back(to_json(key));
  return Json{{"keys", std::move(keys)}};
}

Result<Json> key_usage(const Context& context) {
  const auto named = option(context.request, "unit");
  if (auto ok = record_reading(context, audit::Event::kRegisterRead, to_target(context.request));
      !ok)
    return tl::unexpected(ok.error());
  keystore::Id unit{};
  if (!named.empty()) {
    const auto found = unit_named(context, named);
    if (!found) return tl::unexpected(found.error());
    unit = *found;
  }
  const auto usage = context.installation.store->key_usage();
  if (!usage) return tl::unexpected(usage.error());
  auto list = Json::array();
  for (const KeyUse& use : *usage) {
    if (!named.empty() && use.key.unit != unit) continue;
    auto entry = to_json(use.key);
    entry["records"] = use.records;
    entry["sessions"] = use.sessions;
    entry["last_session_ends"] = time_or_null(use.last_session);
    list.push_back(std::move(entry));
  }
  return Json{{"usage", std::move(list)}};
}

}  // namespace kerros::admin
