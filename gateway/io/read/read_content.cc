// GET content: opened when it was sealed here, passed or refused by rule when it was not.
#include "gateway/io/read/read_content.h"

#include <algorithm>

#include "crypto/header.h"
#include "gateway/graph/response_fields.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/read/opening.h"
#include "gateway/io/read/read_sealed.h"
#include "gateway/io/read/read_unbound.h"
#include "gateway/io/read/stages.h"
#include "gateway/io/registry/sightings.h"

namespace kerros::io {

namespace {

using keystore::ItemRecord;
using keystore::ItemState;

// What bytes are that were never sealed here, by the place they lie in.
enum class Legacy : std::uint8_t { kOrdinary, kPassed, kRefused };

Legacy legacy_of(const Exchange& x, const policy::Place& place) {
  const policy::Rules& rules = x.config().policy;
  if (!may_be_protected(rules, place)) return Legacy::kOrdinary;
  return policy::legacy_plain(rules, place) == policy::LegacyPlain::kRefuse ? Legacy::kRefused
                                                                            : Legacy::kPassed;
}

bool is_suspect(Exchange& x, const Wanted& wanted) {
  const auto versions = x.store().versions(wanted.drive_id, wanted.item_id);
  if (!versions) throw_store_error(versions.error());
  return std::ranges::any_of(
      *versions, [](const ItemRecord& record) { return record.state == ItemState::kSuspect; });
}

net::awaitable<void> pass_through(Exchange& x, Upstream::Response& response, ByteView begun) {
  x.decision = "pass";
  graph::ResponseHead head{response.head.status, graph::client_fields(response.head.fields, false)};
  co_await copy_answer(x, response, std::move(head), begun);
}

net::awaitable<void> admit(Exchange& x, const Wanted& wanted, Legacy legacy,
                           std::string_view status = "passed") {
  if (legacy == Legacy::kOrdinary) co_return;
  if (legacy == Legacy::kRefused)
    throw Refused{graph::Refusal::kNotAllowed, "", "never sealed here; legacy_plain = refuse"};
  auto appended =
      append_audit(x, record_of(x, audit::Event::kLegacyPlainRead, wanted.audit_target(), status));
  co_await await_audit(appended);
}

net::awaitable<bool> begins_sealed(Exchange& x, const Wanted& wanted) {
  ContentAsk ask = ask_for(wanted, graph::ByteRange{0, crypto::format::kMagic.size() - 1});
  ask.conditional = false;
  std::array<std::uint8_t, crypto::format::kMagic.size()> first{};
  std::size_t got = 0;
  try {
    auto response = co_await open_content(x, ask);
    got = co_await read_up_to(*response.lease, first);
  } catch (const Refused& refused) {  // 416: there is nothing at all, so nothing sealed
    if (refused.refusal != graph::Refusal::kNotAuthentic) throw;
  }
  co_return crypto::has_magic(ByteView(first).first(got));
}

// The item was never sealed here. A range is passed as it is unless the file begins like a sealed
// one; then the whole is asked for, since its last version may have lost its final answer.
net::awaitable<void> read_unknown(Exchange& x, const Wanted& wanted, Legacy legacy) {
  const bool ranged = x.head.fields.find("Range").has_value();
  ContentAsk ask = ask_for(wanted, std::nullopt);
  ask.client_range = ranged && !co_await begins_sealed(x, wanted);
  auto response = co_await open_content(x, ask);
  if (response.head.status == 304)
    co_return co_await reply(x, 304, content_fields(x, response.head), "");
  if (ask.client_range) {
    co_await admit(x, wanted, legacy);
    co_return co_await pass_through(x, response, {});
  }
  crypto::PrefixBytes begun{};
  const std::size_t got = co_await read_up_to(*response.lease, begun);
  const auto bytes = ByteView(begun).first(got);
  if (crypto::has_magic(bytes)) co_return co_await read_unbound(x, wanted, response, bytes);
  co_await admit(x, wanted, legacy);
  co_await pass_through(x, response, bytes);
}

net::awaitable<void> read_item(Exchange& x, const Wanted& wanted,
                               const std::optional<ItemRecord>& record, Legacy legacy) {
  if (record) co_return co_await read_known(x, wanted, *record);
  if (is_suspect(x, wanted))
    throw Refused{graph::Refusal::kStoredDiffers, "", "the newest version of the item is suspect"};
  co_await read_unknown(x, wanted, legacy);
}

net::awaitable<void> send_head(Exchange& x, graph::Fields fields, std::uint64_t size) {
  fields.set("Accept-Ranges", "bytes");
  fields.set("Content-Length", std::to_string(size));
  x.status = 200;
  const graph::ResponseHead head{200, std::move(fields)};
  co_await x.client.write_head(head, {});
  co_await x.client.flush();
}

// Answered from metadata; a record speaks only for the version that upstream has now.
net::awaitable<void> head_item(Exchange& x, const Wanted& wanted, const Identity& identity) {
  sight(x, identity.item);
  co_await apply_sightings(x);
  const auto record = newest_record(x, wanted);
  const bool sealed = record && record->binding.sealed_size == identity.size;
  graph::Fields fields;
  if (identity.etag.find_first_of("\r\n") == std::string::npos && !identity.etag.empty())
    fields.add("ETag", identity.etag);
  co_await send_head(x, std::move(fields), sealed ? record->binding.plain_size : identity.size);
}

net::awaitable<void> head_download(Exchange& x, const Wanted& wanted) {
  std::uint64_t size = 0;
  graph::Fields fields;
  {
    const auto response = co_await open_content(x, ask_for(wanted, graph::ByteRange{0, 0}));
    const auto range = response.head.fields.find("Content-Range");
    const auto told = range ? graph::parse_content_range(*range) : std::nullopt;
    size = told ? told->total : response.lease->framing().length;
    fields = content_fields(x, response.head);
  }
  const auto record = newest_record(x, wanted);
  const bool sealed = record && record->binding.sealed_size == size;
  co_await send_head(x, std::move(fields), sealed ? record->binding.plain_size : size);
}

}  // namespace

net::awaitable<void> read_content(Exchange& x) {
  const graph::ItemAddress& item = x.route.target.item;
  Wanted wanted{item.drive_id, item.by_path() ? "" : item.item_id, raw_target(x), std::nullopt, ""};
  policy::Place place{wanted.drive_id, wanted.item_id, ""};
  const bool by_id = !wanted.drive_id.empty() && policy::spells_id(item);
  const bool is_head = x.head.method == graph::Method::kHead;
  auto record = by_id ? newest_record(x, wanted) : std::nullopt;
  // An item that is known to be sealed needs no look-up: upstream's yes comes with the content.
  if (is_head || !record) {
    const Identity identity = co_await look_up(x);
    if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
    place = identity.place;
    wanted.drive_id = place.drive_id;
    wanted.item_id = place.item_id;
    if (is_head) co_return co_await head_item(x, wanted, identity);
    record = newest_record(x, wanted);
  }
  co_await read_item(x, wanted, record, legacy_of(x, place));
}

net::awaitable<void> read_placed(Exchange& x, const Wanted& wanted, const Identity& identity) {
  if (x.head.method == graph::Method::kHead) co_return co_await head_item(x, wanted, identity);
  co_await read_item(x, wanted, newest_record(x, wanted), legacy_of(x, identity.place));
}

net::awaitable<void> admit_plain(Exchange& x, const Wanted& wanted, const policy::Place& place,
                                 Versions versions) {
  Legacy legacy = legacy_of(x, place);
  if (versions == Versions::kNeverSealed) co_return co_await admit(x, wanted, legacy);
  if (legacy == Legacy::kOrdinary) legacy = Legacy::kPassed;
  co_await admit(x, wanted, legacy, "passed: a version in the clear of a sealed item");
}

net::awaitable<void> read_own_download(Exchange& x) {
  const auto grant =
      x.worker.shared.urls->open_download(x.front.public_host, x.route.own_token, now_ms());
  if (!grant) throw Refused{graph::Refusal::kNotFound, "", "download URL not issued here"};
  const auto url = parse_upstream_url(grant->upstream_url);
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kNotFound, "", "download URL of a host not allowed"};
  x.caller.actor = grant->actor;
  const Wanted wanted{grant->drive_id, grant->item_id, "", *url, ""};
  if (x.head.method == graph::Method::kHead) co_return co_await head_download(x, wanted);
  const Legacy legacy = !grant->is_protected   ? Legacy::kOrdinary
                        : grant->refuses_plain ? Legacy::kRefused
                                               : Legacy::kPassed;
  co_await read_item(x, wanted, newest_record(x, wanted), legacy);
}

}  // namespace kerros::io
