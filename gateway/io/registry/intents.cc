#include "gateway/io/registry/intents.h"

#include <algorithm>

#include "crypto/random.h"
#include "gateway/policy/expected_item.h"

namespace kerros::io {

namespace {

using keystore::Intent;
using keystore::IntentKind;
using keystore::ItemRecord;

std::vector<Intent> slice_of(const std::vector<Intent>& intents, std::size_t begin) {
  const std::size_t end = std::min(begin + keystore::kMostIntentsAtOnce, intents.size());
  return {intents.begin() + static_cast<std::ptrdiff_t>(begin),
          intents.begin() + static_cast<std::ptrdiff_t>(end)};
}

audit::Record followed_event(const Exchange& x, const Intent& intent, const std::string& target,
                             std::string_view status) {
  auto event = record_of(x, audit::Event::kFollowed, target, status);
  event.details.emplace_back("key", to_hex(intent.key));
  event.details.emplace_back("asked by", audit::as_field(intent.asked_by));
  if (intent.audit_intent != 0)
    event.details.emplace_back("asked at", std::to_string(intent.audit_intent));
  return event;
}

net::awaitable<Status> put_slice(Exchange& x, std::vector<Intent> slice) {
  Future<Status> stored(x.worker.executor, [&](auto done) {
    x.store().put_intents(std::move(slice), now_ms(), std::move(done));
  });
  co_return co_await stored.get();
}

}  // namespace

Intent intent_for(const Exchange& x, const ItemRecord& record, IntentKind kind,
                  std::string drive_id) {
  Intent intent;
  intent.created = now_ms();
  intent.id = crypto::time_ordered_id(intent.created);
  intent.kind = kind;
  intent.key = record.sealed.key;
  intent.record = record.id;
  intent.drive_id = std::move(drive_id);
  intent.asked_by = x.caller.actor;
  intent.expires = intent.created + kIntentLifeMs;
  return intent;
}

keystore::Binding binding_of(const graph::FoundItem& item) {
  keystore::Binding binding;
  binding.drive_id = item.drive_id;
  binding.item_id = item.item_id;
  binding.ctag = item.ctag;
  binding.etag = item.etag;
  binding.name = item.name;
  binding.path = item.parent_path;
  binding.draft = item.draft.value_or(false);
  return binding;
}

bool is_expected(const Exchange& x, const Intent& intent, const graph::FoundItem& item) {
  if (intent.kind == IntentKind::kRestore)
    return intent.drive_id == item.drive_id && intent.item_id == item.item_id;
  const std::string path = item.place();
  const policy::ExpectedItem expected{intent.drive_id, intent.item_id, intent.parent, intent.name};
  const policy::FoundPlace found{item.drive_id, item.item_id, path};
  if (!policy::is_expected(expected, found)) return false;
  const auto versions = x.store().versions(item.drive_id, item.item_id);
  if (!versions) throw_store_error(versions.error());
  return versions->empty() || (intent.replaces && policy::is_named_place(expected, found));
}

// The event comes first, so that no file is opened where the log does not say why.
net::awaitable<bool> fulfil(Exchange& x, const Intent& intent, keystore::Binding binding) {
  const std::string target = "drive " + binding.drive_id + " item " + binding.item_id;
  auto seen = append_audit(x, followed_event(x, intent, target, "seen where it was asked for"));
  co_await await_audit(seen);
  Future<Status> followed(x.worker.executor, [&](auto done) {
    x.store().fulfil(intent, std::move(binding), now_ms(), std::move(done));
  });
  const Status status = co_await followed.get();
  if (status) co_return true;
  const bool ended =
      status.error().code == ErrorCode::kNotFound || status.error().code == ErrorCode::kConflict;
  const std::string told = ended ? std::string("refused: the intent has ended")
                                 : audit::as_field("failed: " + status.error().detail);
  auto outcome = append_audit(x, followed_event(x, intent, target, told));
  co_await await_audit(outcome);
  if (ended) co_return false;
  throw_store_error(status.error());
}

void require_room(const Exchange& x, const std::vector<Intent>& intents) {
  if (intents.empty()) return;
  const Status fits = x.store().intents_fit(intents, now_ms());
  if (fits) return;
  throw Refused{graph::Refusal::kNotAllowed,
                "Too many files that were copied or moved have not been looked at in their new "
                "places. List the folders they went to, or take fewer files at a time.",
                fits.error().detail};
}

net::awaitable<void> put_intents(Exchange& x, std::vector<Intent> intents) {
  for (std::size_t at = 0; at < intents.size(); at += keystore::kMostIntentsAtOnce) {
    const Status status = co_await put_slice(x, slice_of(intents, at));
    if (status) continue;
    intents.resize(at);
    co_await drop_intents(x, std::move(intents));
    throw_store_error(status.error());
  }
}

net::awaitable<void> drop_intents(Exchange& x, std::vector<Intent> intents) {
  for (std::size_t at = 0; at < intents.size(); at += keystore::kMostIntentsAtOnce) {
    auto slice = slice_of(intents, at);
    Future<Status> dropped(x.worker.executor, [&](auto done) {
      x.store().drop_intents(std::move(slice), std::move(done));
    });
    co_await dropped.get();  // should it fail they expire by themselves
  }
}

}  // namespace kerros::io
