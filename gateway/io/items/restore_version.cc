// POST restoreVersion: an older version becomes the current one, because somebody asked.
//
// The gateway reads the prefix of the version first. A sealed one of this item leaves an intent,
// which makes it the newest version once; one that was not sealed is refused where the item is
// protected and a record says that it is a sealed one.
#include "crypto/header.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/items/restore.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/read/opening.h"
#include "gateway/io/registry/intents.h"
#include "gateway/io/registry/registry.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/supersede.h"

namespace kerros::io {

namespace {

using keystore::Intent;
using keystore::IntentKind;
using keystore::ItemRecord;

constexpr std::string_view kRestoreVersion = "restoreVersion";

std::string version_of(const Exchange& x) {
  const std::string& relation = x.route.target.relation;
  const std::size_t begin = relation.find('/') + 1;
  return relation.substr(begin, relation.find('/', begin) - begin);
}

// The address of the version's content, spelled as the request spells the version.
std::string raw_version_content(const Exchange& x) {
  const std::string& path = x.route.target.raw_path;
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || std::string_view(path).substr(slash + 1) != kRestoreVersion)
    throw Refused{graph::Refusal::kAmbiguousTarget, "", "restoreVersion in another spelling"};
  return path.substr(0, slash + 1) + "content";
}

// Whose file the version is; nullopt when it is not sealed.
net::awaitable<std::optional<ItemRecord>> record_of_version(Exchange& x, const Wanted& wanted) {
  ContentAsk ask = ask_for(wanted, graph::ByteRange{0, crypto::format::kPrefixSize - 1});
  ask.conditional = false;
  auto response = co_await open_content(x, ask);
  crypto::PrefixBytes stored{};
  const std::size_t got = co_await read_up_to(*response.lease, stored);
  const auto begun = ByteView(stored).first(got);
  if (!crypto::has_magic(begun)) co_return std::nullopt;
  const auto prefix = crypto::decode_prefix(begun);
  if (!prefix) throw Refused{graph::Refusal::kNotAuthentic, "", prefix.error().detail};
  ItemRecord record = version_for(x, wanted, prefix->header.key);
  if (record.state == keystore::ItemState::kPending)
    throw Refused{graph::Refusal::kNotAllowed, "Read this version once before it is restored.",
                  "the version's upload was not confirmed"};
  co_return record;
}

// What upstream says of the item now must fit the version; else the intent waits for the first
// read.
net::awaitable<void> follow(Exchange& x, const Intent& intent, const ItemRecord& version) {
  const Identity now = co_await look_up(x);
  const bool fits = now.exists && now.item.size == version.binding.sealed_size &&
                    (now.item.quick_xor_hash.empty() ||
                     now.item.quick_xor_hash == to_base64(version.binding.sealed_hash));
  if (fits) co_await fulfil(x, intent, binding_of(now.item));
}

net::awaitable<void> restore_sealed(Exchange& x, const Wanted& wanted, const ItemRecord& version) {
  const std::string target = wanted.audit_target();
  Intent intent = intent_for(x, version, IntentKind::kRestore, wanted.drive_id);
  intent.item_id = wanted.item_id;
  require_room(x, {intent});
  intent.audit_intent = co_await intend_restore(x, audit::Event::kVersionRestored, target,
                                                to_hex(version.sealed.key));
  const std::vector<Intent> intents{intent};
  co_await put_intents(x, intents);
  const RestoreAnswer answer = co_await pass_restore(x, "");
  const unsigned status = answer.head.status;
  record_restore(x, audit::Event::kVersionRestored, target, intent.audit_intent, status);
  if (status >= 400 && status < 500) co_await drop_intents(x, intents);
  if (status < 300) co_await follow(x, intent, version);
  co_await reply(x, status, answer_fields(x, answer.head), rewrite_json(x, answer.body));
}

// Nothing of the item is protected, so it may become ordinary again.
net::awaitable<void> restore_plain(Exchange& x, const Wanted& wanted, const policy::Place& place) {
  const bool was_sealed = is_sealed(x, wanted.drive_id, wanted.item_id);
  if (was_sealed && may_be_protected(x.config().policy, place))
    throw Refused{graph::Refusal::kNotAllowed,
                  "This version was stored unprotected. Download it and upload it again, which "
                  "protects it.",
                  "restoring a version that is not sealed"};
  const std::string target = wanted.audit_target();
  const std::uint64_t intent =
      was_sealed ? co_await intend_restore(x, audit::Event::kVersionRestored, target, "none") : 0;
  const RestoreAnswer answer = co_await pass_restore(x, "");
  if (was_sealed)
    record_restore(x, audit::Event::kVersionRestored, target, intent, answer.head.status);
  if (answer.head.status < 300) co_await supersede_item(x, wanted.drive_id, wanted.item_id);
  co_await reply(x, answer.head.status, answer_fields(x, answer.head),
                 rewrite_json(x, answer.body));
}

}  // namespace

net::awaitable<void> restore_version(Exchange& x) {
  const Identity item = co_await look_up(x);
  if (!item.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
  const Wanted wanted{item.place.drive_id, item.place.item_id, raw_version_content(x), std::nullopt,
                      version_of(x)};
  if (const auto version = co_await record_of_version(x, wanted))
    co_return co_await restore_sealed(x, wanted, *version);
  co_await restore_plain(x, wanted, item.place);
}

}  // namespace kerros::io
