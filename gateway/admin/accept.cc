// /v1/items/accept: a person says that what was refused for an item is right.
//
// Only what a read has seen and refused can be accepted, and exactly that: the store remembers the
// last refusal of each item, and the order names the key that the person looked at. Should the
// cloud have served something else since, nothing is accepted. A version whose stored bytes
// differed becomes readable again as far as its bytes prove authentic.
#include <algorithm>
#include <future>

#include "gateway/admin/noun.h"

namespace kerros::admin {
namespace {

using keystore::Intent;
using keystore::ItemRecord;
using keystore::ItemState;

struct Acceptance {
  std::string accepts;  // "rollback", "foreign-copy", "plain", "suspect"
  std::string text;     // what it means, for the one who decides
  keystore::Id key{};
  std::optional<Intent> seen;
  std::optional<ItemRecord> suspect;
};

std::string key_name(const keystore::Id& key) {
  return key == keystore::Id{} ? "plain" : to_hex(key);
}

template <typename Verb>
Status wait(Verb&& verb) {
  std::promise<Status> answer;
  verb([&](Status status) { answer.set_value(std::move(status)); });
  return answer.get_future().get();
}

Result<Acceptance> of_seen(const Intent& seen, const std::vector<ItemRecord>& versions) {
  Acceptance found;
  found.seen = seen;
  found.key = seen.key;
  if (seen.key == keystore::Id{}) {
    found.accepts = "plain";
    found.text =
        "The item is no longer taken for a sealed one: the unprotected bytes that the cloud holds "
        "will be served as ordinary content, or as policy.legacy_plain says in a protected place.";
    return found;
  }
  const bool own = std::ranges::any_of(
      versions, [&](const ItemRecord& version) { return version.sealed.key == seen.key; });
  found.accepts = own ? "rollback" : "foreign-copy";
  found.text = own ? "An older version of the item becomes its current one; what was written after "
                     "it is no longer expected."
                   : "The item holds the file of another item, and is from now on a copy of it.";
  return found;
}

Result<Acceptance> find_acceptance(const Context& context, const std::string& drive,
                                   const std::string& item) {
  const auto& store = *context.installation.store;
  const auto versions = store.versions(drive, item);
  if (!versions) return tl::unexpected(versions.error());
  const auto seen = store.find_seen(drive, item, now_ms());
  if (seen) return of_seen(*seen, *versions);
  if (seen.error().code != ErrorCode::kNotFound) return tl::unexpected(seen.error());
  const auto current = std::ranges::any_of(
      *versions, [](const ItemRecord& version) { return is_current(version.state); });
  const auto suspect = std::ranges::find(*versions, ItemState::kSuspect, &ItemRecord::state);
  if (!current && suspect != versions->end()) {
    Acceptance found;
    found.accepts = "suspect";
    found.text =
        "The version whose stored size or hash differed is read again; what was changed in it "
        "still fails its authenticity check.";
    found.key = suspect->sealed.key;
    found.suspect = *suspect;
    return found;
  }
  return complain(ErrorCode::kNotFound, "nothing was refused for this item",
                  "only what a read through the gateway has met can be accepted",
                  "read the item through the gateway, then try again; `kerros audit tail` names "
                  "drive and item of a refusal");
}

// What the person looked at is what would be accepted now.
Status check_named(const Acceptance& acceptance, const std::string& named) {
  if (named.empty())
    return complain(ErrorCode::kMalformed, "what is to be accepted must be named",
                    "the cloud may serve something else at any time",
                    "look with --dry-run first, and repeat the key that it prints with --key");
  if (named == key_name(acceptance.key)) return {};
  return complain(ErrorCode::kConflict, "something else was refused last",
                  "the last refusal was of \"" + key_name(acceptance.key) + "\"",
                  "look again with --dry-run before you accept that");
}

Status apply(const Context& context, const Acceptance& acceptance) {
  auto& store = *context.installation.store;
  if (acceptance.suspect)
    return wait([&](auto done) {
      store.set_state(acceptance.suspect->id, ItemState::kSuspect, ItemState::kUnverified,
                      std::move(done));
    });
  return wait([&](auto done) { store.accept_seen(*acceptance.seen, now_ms(), std::move(done)); });
}

}  // namespace

Result<Json> accept_item(const Context& context) {
  const auto drive = option(context.request, "drive");
  const auto item = option(context.request, "item");
  const auto reason = option(context.request, "reason");
  if (drive.empty() || item.empty() || reason.empty())
    return complain(ErrorCode::kMalformed, "drive, item and reason must be given",
                    "an acceptance stands in the audit log with its reason", "");
  const auto acceptance = find_acceptance(context, drive, item);
  if (!acceptance) return tl::unexpected(acceptance.error());
  const bool dry_run = !option(context.request, "dry-run").empty();
  if (!dry_run)
    if (auto ok = check_named(*acceptance, option(context.request, "key")); !ok)
      return tl::unexpected(ok.error());

  auto record = record_of(context, audit::Event::kItemAccepted, "drive " + drive + " item " + item);
  record.status = dry_run ? "looked at" : "intent";
  record.details.emplace_back("accepts", acceptance->accepts);
  record.details.emplace_back("key", to_hex(acceptance->key));
  record.details.emplace_back("reason", audit::as_field(reason));
  const auto intent = append(context, record);
  if (!intent) return tl::unexpected(intent.error());
  if (!dry_run) {
    const Status applied = apply(context, *acceptance);
    record.intent = *intent;
    record.status = applied ? "done" : "failed: " + audit::as_field(applied.error().detail);
    if (const auto written = append(context, std::move(record)); !written)
      return tl::unexpected(written.error());
    if (!applied)
      return complain(applied.error().code, "the change could not be accepted",
                      applied.error().detail,
                      "read the item again through the gateway, then retry");
  }
  return Json{
      {"drive_id", drive},
      {"item_id", item},
      {"accepts", acceptance->accepts},
      {"key", key_name(acceptance->key)},
      {"key_id", acceptance->key == keystore::Id{} ? Json() : Json(to_hex(acceptance->key))},
      {"means", acceptance->text},
      {"done", !dry_run}};
}

}  // namespace kerros::admin
