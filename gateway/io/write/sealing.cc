#include "gateway/io/write/sealing.h"

#include <algorithm>
#include <charconv>

#include "crypto/random.h"
#include "gateway/io/exchange/final_place.h"
#include "gateway/io/registry/intents.h"
#include "gateway/io/registry/registry.h"
#include "gateway/io/registry/rewrite_json.h"

namespace kerros::io {

namespace {

keystore::Id unit_of(const Exchange& x, const policy::Rule& rule) {
  const std::string& name = rule.unit.empty() ? x.config().unit : rule.unit;
  if (name.empty()) return x.installation().unit;
  for (const auto& key : x.store().unit_keys())
    if (key.unit_name == name) return key.unit;
  throw Refused{graph::Refusal::kStoreUnavailable, "", "no unit is named " + name};
}

keystore::Binding binding_of(const graph::FoundItem& item, std::uint64_t plain_size,
                             std::uint64_t sealed_size, const transfer::Hashes& hashes) {
  keystore::Binding binding = io::binding_of(item);
  binding.plain_size = plain_size;
  binding.sealed_size = sealed_size;
  binding.plain_hash = hashes.plain.digest();
  binding.sealed_hash = hashes.sealed.digest();
  return binding;
}

}  // namespace

std::unique_ptr<Upload> Upload::begin(Exchange& x, const policy::Rule& rule, std::string target) {
  std::unique_ptr<Upload> upload(new Upload(x));
  upload->item_class_ = rule.name;
  upload->target_ = std::move(target);
  const keystore::NewKeyParams params{unit_of(x, rule), x.config().sealing.suite, now_ms()};
  auto made = x.store().make_key(params,
                                 [&](const crypto::Header& header, const crypto::Salt& salt,
                                     ByteView dek) -> Result<crypto::Commitment> {
                                   auto sealer = crypto::Sealer::make(*x.installation().backend,
                                                                      header, salt, dek);
                                   if (!sealer) return tl::unexpected(sealer.error());
                                   upload->sealer_.emplace(*std::move(sealer));
                                   return upload->sealer_->commitment();
                                 });
  if (!made) throw_store_error(made.error());
  upload->sealed_ = made->sealed;
  return upload;
}

std::unique_ptr<Upload> Upload::resume(Exchange& x, const keystore::SealedKey& sealed,
                                       std::string item_class, std::string target,
                                       std::uint64_t intent) {
  std::unique_ptr<Upload> upload(new Upload(x));
  upload->item_class_ = std::move(item_class);
  upload->target_ = std::move(target);
  upload->sealed_ = sealed;
  upload->intent_position_ = intent;
  const auto dek = x.store().unlock(sealed);
  if (!dek) throw_store_error(dek.error());
  const auto header = crypto::decode_header(sealed.header);
  if (!header) throw_store_error(header.error());
  auto sealer = crypto::Sealer::make(*x.installation().backend, *header, sealed.salt,
                                     std::as_const(*dek).reveal());
  if (!sealer) throw_store_error(sealer.error());
  upload->sealer_.emplace(*std::move(sealer));
  return upload;
}

// Before the last byte left nothing exists upstream, so the pending record is void (the store keeps
// the order of what is queued). After it, the record stays and is adopted when upstream serves it.
Upload::~Upload() {
  if (settled_) return;
  record_outcome("failed: the transfer was not completed", audit::Event::kUploadDone, 0);
  if (pending_ && !may_have_left_)
    x_.store().set_state(sealed_.key, keystore::ItemState::kPending, keystore::ItemState::kVoid,
                         [](const Status&) {});
}

void Upload::start_intent() {
  auto record = record_of(x_, audit::Event::kUploadIntent, target_, "intent");
  record.details.emplace_back("key", to_hex(sealed_.key));
  record.details.emplace_back("class", item_class_);
  record.details.emplace_back("unit", unit_name(x_, sealed_.unit));
  intent_.emplace(append_audit(x_, std::move(record)));
}

void Upload::start_pending() {
  keystore::ItemRecord record;
  record.sealed = sealed_;
  record.item_class = item_class_;
  record.created_by = x_.caller.actor;
  record.created = now_ms();
  pending_.emplace(x_.worker.executor,
                   [&](auto done) { x_.store().put_pending(std::move(record), std::move(done)); });
}

net::awaitable<void> Upload::intended() {
  if (intent_) intent_position_ = co_await await_audit(*intent_);
}

net::awaitable<void> Upload::durable() {
  co_await intended();
  if (pending_) {
    const Status stored = co_await pending_->get();
    // A session that was interrupted after its last fragment finds its own pending record.
    if (!stored && stored.error().code != ErrorCode::kConflict) throw_store_error(stored.error());
  }
  may_have_left_ = true;
}

Stored check_stored(const std::string& answer_json, std::uint64_t sealed_size,
                    const transfer::Hashes& hashes) {
  const auto items = graph::find_items(answer_json);
  if (!items || items->empty() || items->front().item_id.empty())
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "the final answer names no item"};
  Stored stored{items->front(), keystore::ItemState::kBound};
  const bool hash_told = !stored.item.quick_xor_hash.empty();
  const bool hash_differs =
      hash_told && stored.item.quick_xor_hash != to_base64(hashes.sealed.digest());
  const bool size_differs = stored.item.size && *stored.item.size != sealed_size;
  if (hash_differs || size_differs)
    stored.state = keystore::ItemState::kSuspect;
  else if (!hash_told || !stored.item.size)
    stored.state = keystore::ItemState::kUnverified;
  return stored;
}

namespace {

// "c:{GUID},7" -> 7: upstream's own order of the versions of an item.
std::optional<std::uint64_t> ordinal(std::string_view ctag) {
  const std::size_t comma = ctag.rfind(',');
  if (comma == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(ctag.data() + comma + 1, ctag.data() + ctag.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

// Answers can arrive in another order than upstream took the versions.
bool is_newest(const Exchange& x, const Stored& stored) {
  if (stored.state == keystore::ItemState::kSuspect) return false;
  const auto mine = ordinal(stored.item.ctag);
  const auto versions = x.store().versions(stored.item.drive_id, stored.item.item_id);
  if (!versions) throw_store_error(versions.error());
  return std::ranges::none_of(*versions, [&](const keystore::ItemRecord& other) {
    const auto theirs = ordinal(other.binding.ctag);
    return other.state == keystore::ItemState::kBound && mine && theirs && *theirs > *mine;
  });
}

// Upstream can say 201 and nothing else; the client needs the item. A fragment brings no token to
// ask with: such an upload stays pending and is adopted when it is read.
net::awaitable<std::string> ask_for_item(Exchange& x) {
  const graph::ItemAddress& item = x.route.target.item;
  const auto token = x.head.fields.find("Authorization");
  if (!token || !x.route.target.has_item)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "the final answer is empty"};
  Upstream::Request request;
  request.host = x.front.upstream_host;
  request.target = item.raw_item + (item.raw_alias.empty() ? "" : "?" + item.raw_alias);
  request.fields.add("Accept", "application/json");
  request.fields.add("Authorization", std::string(*token));
  auto response = co_await ask_upstream(x, std::move(request));
  std::string json = co_await collect(x, response);
  if (response.head.status != 200)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "the item of an empty final answer"};
  co_return json;
}

}  // namespace

net::awaitable<std::string> Upload::finish(std::string answer_json, std::uint64_t plain_size,
                                           std::uint64_t sealed_size,
                                           const transfer::Hashes& hashes) {
  note_proof(x_);
  const bool asked_for = answer_json.empty();
  if (asked_for) answer_json = co_await ask_for_item(x_);
  Stored stored = check_stored(answer_json, sealed_size, hashes);
  // The address may lead to another item than the one just stored: nothing is said of that one.
  if (asked_for && stored.state != keystore::ItemState::kBound)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "the address leads to other bytes"};
  keystore::Binding binding = binding_of(stored.item, plain_size, sealed_size, hashes);
  // An ordinary write to a place that was told wrong must not find this record: see addressed.h.
  if (lies_elsewhere(x_, stored.item, item_class_)) binding.path.clear();
  Future<Status> bound(x_.worker.executor, [&](auto done) {
    x_.store().bind(sealed_.key, std::move(binding), stored.state, is_newest(x_, stored), now_ms(),
                    std::move(done));
  });
  const Status status = co_await bound.get();
  if (!status) throw_store_error(status.error());
  target_ = "drive " + stored.item.drive_id + " item " + stored.item.item_id;
  if (stored.state == keystore::ItemState::kSuspect) {
    record_outcome("failed: stored bytes differ", audit::Event::kUploadDone, plain_size);
    throw Refused{graph::Refusal::kStoredDiffers, "",
                  "upstream's size or hash is not that of the bytes sent"};
  }
  note_final_place(x_, stored.item, item_class_);
  std::string told = rewrite_json(x_, answer_json);
  record_outcome(stored.state == keystore::ItemState::kBound ? "done" : "done: unverified",
                 audit::Event::kUploadDone, plain_size);
  co_return told;
}

net::awaitable<void> Upload::give_up(std::string status) {
  record_outcome(status, audit::Event::kUploadDone, 0);
  if (!pending_ || !(co_await pending_->get())) co_return;
  Future<Status> voided(x_.worker.executor, [&](auto done) {
    x_.store().set_state(sealed_.key, keystore::ItemState::kPending, keystore::ItemState::kVoid,
                         std::move(done));
  });
  co_await voided.get();  // should it fail, the record stays pending, which is true as well
}

void Upload::fail(const std::string& status) {
  record_outcome(status, audit::Event::kUploadDone, 0);
}

void Upload::record_outcome(const std::string& status, audit::Event event,
                            std::uint64_t plain_size) {
  auto record = record_of(x_, event, target_, status);
  record.intent = intent_position_;
  record.details.emplace_back("key", to_hex(sealed_.key));
  if (plain_size > 0) record.details.emplace_back("bytes", std::to_string(plain_size));
  if (!session_of_.empty() && session_of_ != x_.caller.actor)
    record.details.emplace_back("session-of", audit::as_field(session_of_));
  x_.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
  settled_ = true;
}

}  // namespace kerros::io
