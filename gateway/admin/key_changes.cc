// /v1/keys/rotate, retire and destroy: one version of one unit after the other, each change with
// its intent and outcome in the log. What is refused is refused before the first change.
#include "gateway/admin/key_requests.h"
#include "gateway/audit/time_text.h"

namespace kerros::admin {
namespace {

using keystore::KeyState;
using keystore::KeyUse;
using keystore::UnitKeyInfo;

bool is_dry(const Context& context) { return !option(context.request, "dry-run").empty(); }

// What the store says is a sentence for its own callers; an administrator is told the three.
Status explained(const Status& status, const UnitKeyInfo& key) {
  if (status) return status;
  return complain(status.error().code,
                  "the key of unit \"" + key.unit_name + "\" could not be changed",
                  status.error().detail,
                  "the command can be given again: what was done stays, the rest goes on");
}

// --- rotate ---

bool is_due(const UnitKeyInfo& active, std::uint64_t older_than, std::uint64_t now) {
  return older_than == 0 || active.created + older_than <= now;
}

Status rotate_one(const Context& context, const UnitKeyInfo& active, Json& rotated) {
  auto& store = *context.installation.store;
  UnitKeyInfo next = active;
  const Status changed = change_recorded(
      context, audit::Event::kKeyRotated, target_of(active), [&](audit::Record& record) -> Status {
        const auto made = store.make_version(active.unit, now_ms());
        if (!made) return tl::unexpected(made.error());
        next = *made;
        record.details.emplace_back("new-version", std::to_string(next.version));
        return store.set_key_state(id_of(next), KeyState::kActive);
      });
  if (!changed) return explained(changed, active);
  rotated.push_back({{"unit", active.unit_name},
                     {"unit_id", to_hex(active.unit)},
                     {"from", active.version},
                     {"to", next.version},
                     {"done", true}});
  return {};
}

std::uint32_t next_version(const std::vector<UnitKeyInfo>& keys, const keystore::Id& unit) {
  std::uint32_t newest = 0;
  for (const UnitKeyInfo& key : keys) {
    if (key.unit != unit) continue;
    if (key.state == KeyState::kPending) return key.version;
    newest = std::max(newest, key.version);
  }
  return newest + 1;
}

Status look_at_rotation(const Context& context, const UnitKeyInfo& active, Json& rotated) {
  const auto keys = context.installation.store->unit_keys();
  rotated.push_back({{"unit", active.unit_name},
                     {"unit_id", to_hex(active.unit)},
                     {"from", active.version},
                     {"to", next_version(keys, active.unit)},
                     {"done", false}});
  return looked_recorded(context, audit::Event::kKeyRotated, target_of(active));
}

// --- retire, destroy ---

// What must happen first, by the state that the version is in.
tl::unexpected<Error> wrong_state(const UnitKeyInfo& key, std::string_view verb) {
  const std::string what = "version " + std::to_string(key.version) + " of unit \"" +
                           key.unit_name + "\" is " + keystore::name(key.state);
  const std::string cannot = "it cannot be " + std::string(verb) + " from there";
  switch (key.state) {
    case KeyState::kActive:
    case KeyState::kPending:
      return complain(ErrorCode::kConflict, what, cannot,
                      "`kerros key rotate " + key.unit_name + "` puts a newer one in its place");
    case KeyState::kReplaced:
      return complain(ErrorCode::kConflict, what, cannot,
                      "`kerros key retire " + key.unit_name + "` comes first");
    case KeyState::kRetired:
    case KeyState::kDestroyed:
      break;
  }
  return complain(ErrorCode::kConflict, what, cannot, "`kerros key list` shows the states");
}

Status check_unused(const KeyUse& use) {
  const std::string what = "version " + std::to_string(use.key.version) + " of unit \"" +
                           use.key.unit_name + "\" is in use";
  if (use.records != 0)
    return complain(ErrorCode::kConflict, what,
                    std::to_string(use.records) + " records and " + std::to_string(use.sessions) +
                        " upload sessions stand under it",
                    "`kerros key rewrap " + use.key.unit_name + "` moves the records");
  if (use.sessions != 0)
    return complain(
        ErrorCode::kConflict, what,
        std::to_string(use.sessions) + " upload sessions stand under it, the last until " +
            audit::time_text(use.last_session),
        "they end by themselves; `kerros key usage " + use.key.unit_name + "` shows when");
  return {};
}

struct Departure {  // a way out of use
  audit::Event event;
  KeyState from;
  KeyState to;
  std::string_view done;  // "retired"
};

// The versions that can go: the one named, or all that are in the state before.
Result<std::vector<KeyUse>> departing(const Context& context, const Departure& way,
                                      const std::vector<keystore::Id>& units) {
  const auto wanted = number_option(context.request, "version", 0, UINT32_MAX);
  if (!wanted) return tl::unexpected(wanted.error());
  const auto usage = context.installation.store->key_usage();
  if (!usage) return tl::unexpected(usage.error());
  std::vector<KeyUse> found;
  for (const KeyUse& use : *usage) {
    if (std::ranges::find(units, use.key.unit) == units.end()) continue;
    if (*wanted != 0 ? use.key.version != *wanted : use.key.state != way.from) continue;
    if (use.key.state != way.from) return wrong_state(use.key, way.done);
    if (auto ok = check_unused(use); !ok) return tl::unexpected(ok.error());
    found.push_back(use);
  }
  if (*wanted != 0 && found.empty())
    return complain(ErrorCode::kNotFound, "there is no version " + std::to_string(*wanted),
                    "no key of that unit ever had this number", "`kerros key list` shows them");
  return found;
}

Result<Json> depart(const Context& context, const Departure& way,
                    const std::vector<KeyUse>& versions) {
  auto list = Json::array();
  for (const KeyUse& use : versions) {
    const Status changed =
        is_dry(context)
            ? looked_recorded(context, way.event, target_of(use.key))
            : change_recorded(context, way.event, target_of(use.key), [&](audit::Record&) {
                return context.installation.store->set_key_state(id_of(use.key), way.to);
              });
    if (auto ok = explained(changed, use.key); !ok) return tl::unexpected(ok.error());
    auto entry = to_json(use.key);
    entry["state"] = keystore::name(is_dry(context) ? use.key.state : way.to);
    entry["done"] = !is_dry(context);
    list.push_back(std::move(entry));
  }
  return Json{{std::string(way.done), std::move(list)}};
}

}  // namespace

Status change_recorded(const Context& context, audit::Event event, const std::string& target,
                       const std::function<Status(audit::Record&)>& change) {
  auto record = record_of(context, event, target);
  record.status = "intent";
  const auto intent = append(context, record);
  if (!intent) return tl::unexpected(intent.error());
  const Status changed = change(record);
  record.intent = *intent;
  record.status = changed ? "done" : "failed: " + audit::as_field(changed.error().detail);
  if (const auto written = append(context, std::move(record)); !written)
    return tl::unexpected(written.error());
  return changed;
}

Status looked_recorded(const Context& context, audit::Event event, const std::string& target) {
  auto record = record_of(context, event, target);
  record.status = "looked at";
  const auto written = append(context, std::move(record));
  if (!written) return tl::unexpected(written.error());
  return {};
}

Result<Json> rotate_keys(const Context& context) {
  const auto units = units_asked(context);
  if (!units) return tl::unexpected(units.error());
  const auto older_than = number_option(context.request, "older-than", 0, UINT64_MAX / 2);
  if (!older_than) return tl::unexpected(older_than.error());
  const auto now = now_ms();
  auto rotated = Json::array();
  for (const keystore::Id& unit : *units) {
    const auto active = context.installation.store->active_key(unit);
    if (!active) return tl::unexpected(active.error());
    if (!is_due(*active, *older_than, now)) continue;
    const Status ok = is_dry(context) ? look_at_rotation(context, *active, rotated)
                                      : rotate_one(context, *active, rotated);
    if (!ok) return tl::unexpected(ok.error());
  }
  return Json{{"rotated", std::move(rotated)}};
}

Result<Json> retire_keys(const Context& context) {
  const Departure way{audit::Event::kKeyRetired, KeyState::kReplaced, KeyState::kRetired,
                      "retired"};
  const auto units = units_asked(context);
  if (!units) return tl::unexpected(units.error());
  const auto versions = departing(context, way, *units);
  if (!versions) return tl::unexpected(versions.error());
  return depart(context, way, *versions);
}

Result<Json> destroy_keys(const Context& context) {
  const Departure way{audit::Event::kKeyDestroyed, KeyState::kRetired, KeyState::kDestroyed,
                      "destroyed"};
  const auto unit = unit_named(context, option(context.request, "unit"));
  if (!unit) return tl::unexpected(unit.error());
  const auto active = context.installation.store->active_key(*unit);
  if (!active) return tl::unexpected(active.error());
  const auto versions = departing(context, way, {*unit});
  if (!versions) return tl::unexpected(versions.error());
  if (!is_dry(context) && option(context.request, "confirm") != active->unit_name)
    return complain(ErrorCode::kMalformed, "the unit's name was not given back",
                    "a destroyed key opens nothing for ever, so its unit is named twice",
                    "--yes-destroy takes the name of the unit, to the letter");
  return depart(context, way, *versions);
}

}  // namespace kerros::admin
