// GET content: opened when it was sealed here, passed or refused by rule when it was not.
#include <algorithm>

#include "crypto/format.h"
#include "crypto/offsets.h"
#include "crypto/opener.h"
#include "gateway/graph/response_fields.h"
#include "gateway/io/content_source.h"
#include "gateway/io/open_body.h"
#include "gateway/io/place.h"

namespace kerros::io {

namespace {

namespace format = crypto::format;
using keystore::ItemRecord;
using keystore::ItemState;

// What a content request is about, however it was addressed.
struct Wanted {
  std::string drive_id;
  std::string item_id;
  std::string target;              // Graph's /content, or empty:
  std::optional<UpstreamUrl> url;  // the pre-authenticated URL behind one of ours
  std::string audit_target() const { return "drive " + drive_id + " item " + item_id; }
};

ContentAsk ask_for(const Wanted& wanted, std::optional<graph::ByteRange> range) {
  return ContentAsk{wanted.target, wanted.url, range, !wanted.url};
}

// The newest record that speaks for the item's current content, if it was ever sealed here.
std::optional<ItemRecord> newest_record(Exchange& x, const Wanted& wanted) {
  const keystore::KeyStore::ItemRef ref{wanted.drive_id, wanted.item_id};
  auto found = x.store().newest_bound(std::span(&ref, 1));
  if (!found) throw_store_error(found.error());
  if (!found->front()) return std::nullopt;
  return std::move(*found->front());
}

bool was_ever_sealed(Exchange& x, const Wanted& wanted) {
  const auto versions = x.store().versions(wanted.drive_id, wanted.item_id);
  if (!versions) throw_store_error(versions.error());
  return std::ranges::any_of(*versions, [](const ItemRecord& record) {
    return record.state == ItemState::kBound || record.state == ItemState::kUnverified ||
           record.state == ItemState::kSuspect;
  });
}

graph::Fields content_fields(const Exchange& x, const graph::ResponseHead& head) {
  graph::Fields fields = graph::client_fields(head.fields, true);
  fields.remove("Content-Length");
  fields.set("Accept-Ranges", "bytes");
  if (x.route.operation == graph::Operation::kOwnDownload)
    fields.set("Access-Control-Allow-Origin", "*");
  return fields;
}

net::awaitable<void> read_unbound(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView prefix_bytes);

// --- sealed content whose record is known ---

crypto::Prefix prefix_of(const ItemRecord& record) {
  const auto header = crypto::decode_header(record.sealed.header);
  if (!header) throw_store_error(header.error());
  return {*header, record.sealed.header, record.sealed.recovery, record.sealed.salt,
          record.sealed.commitment};
}

crypto::Opener make_opener(Exchange& x, const keystore::SealedKey& sealed,
                           const crypto::Prefix& prefix) {
  const auto dek = x.store().unlock(sealed);
  if (!dek) throw_store_error(dek.error());
  auto opener =
      crypto::Opener::make(*x.installation().backend, prefix, std::as_const(*dek).reveal());
  if (!opener) throw Refused{graph::Refusal::kNotAuthentic, "", opener.error().detail};
  return *std::move(opener);
}

// The stream must begin at `first` of exactly the stored file that the record describes.
net::awaitable<void> align(Upstream::Response& response, const ItemRecord& record,
                           const graph::ByteRange& asked) {
  const std::uint64_t total = record.binding.sealed_size;
  if (response.head.status == 206) {
    const auto field = response.head.fields.find("Content-Range");
    const auto told = field ? graph::parse_content_range(*field) : std::nullopt;
    if (!told || told->total != total || told->range.first != asked.first ||
        told->range.last > asked.last)
      throw Refused{graph::Refusal::kNotAuthentic, "", "Content-Range is not what was asked"};
    co_return;
  }
  const auto framing = response.lease->framing();
  if (framing.kind == graph::Framing::Kind::kLength && framing.length != total)
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored size is not that of the record"};
  if (!co_await skip_body(*response.lease, asked.first))
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored file is shorter than its record"};
}

net::awaitable<void> send_range(Exchange& x, const Wanted& wanted, const ItemRecord& record,
                                const graph::ByteRange& plain, ReadAudit::Ticket& ticket) {
  const std::uint64_t size = record.binding.plain_size;
  const auto sealed = crypto::sealed_range(plain.first, plain.last, size);
  if (!sealed) throw Refused{graph::Refusal::kInternal, "", sealed.error().detail};
  const graph::ByteRange asked{sealed->first, sealed->last};
  auto response = co_await open_content(x, ask_for(wanted, asked));
  if (response.head.status == 304)
    co_return co_await reply(x, 304, content_fields(x, response.head), "");
  co_await align(response, record, asked);
  crypto::Opener opener = make_opener(x, record.sealed, prefix_of(record));
  graph::Fields fields = content_fields(x, response.head);
  fields.set("Content-Range", graph::to_field({plain, size}));
  const OpenedBody body{.plain_size = size, .part = plain, .to_end = false};
  co_await send_opened(x, response, opener, graph::ResponseHead{206, std::move(fields)}, body,
                       ticket, nullptr);
}

net::awaitable<void> send_whole(Exchange& x, const Wanted& wanted, const ItemRecord& record,
                                ReadAudit::Ticket& ticket) {
  auto response = co_await open_content(x, ask_for(wanted, std::nullopt));
  if (response.head.status == 304)
    co_return co_await reply(x, 304, content_fields(x, response.head), "");
  const crypto::Prefix prefix = prefix_of(record);
  crypto::PrefixBytes stored{};
  const std::size_t got = co_await read_up_to(*response.lease, stored);
  const auto begun = ByteView(stored).first(got);
  if (!crypto::has_magic(begun))
    throw Refused{graph::Refusal::kDowngraded, "", "bytes that are not sealed, of a sealed item"};
  if (stored != crypto::encode(prefix)) co_return co_await read_unbound(x, wanted, response, begun);
  const auto framing = response.lease->framing();
  if (framing.kind == graph::Framing::Kind::kLength && framing.length != record.binding.sealed_size)
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored size is not that of the record"};
  crypto::Opener opener = make_opener(x, record.sealed, prefix);
  const OpenedBody body{.plain_size = record.binding.plain_size, .part = {}, .to_end = true};
  co_await send_opened(x, response, opener,
                       graph::ResponseHead{200, content_fields(x, response.head)}, body, ticket,
                       nullptr);
}

graph::RangeRequest wanted_range(const Exchange& x, const ItemRecord& record) {
  auto field = x.head.fields.find("Range");
  const auto condition = x.head.fields.find("If-Range");
  if (condition && *condition != record.binding.etag) field = std::nullopt;
  return graph::parse_range(field, record.binding.plain_size);
}

net::awaitable<void> reply_unsatisfiable(Exchange& x, const ItemRecord& record) {
  const auto answer = graph::error_answer(graph::Refusal::kRangeNotSatisfiable, x.request_id);
  graph::Fields fields;
  fields.add("Content-Type", "application/json");
  fields.add("Content-Range", graph::unsatisfied_field(record.binding.plain_size));
  co_await reply(x, 416, std::move(fields), answer.body);
}

net::awaitable<void> read_known(Exchange& x, const Wanted& wanted, const ItemRecord& record) {
  x.decision = "open";
  const graph::RangeRequest asked = wanted_range(x, record);
  if (asked.kind == graph::RangeRequest::Kind::kUnsatisfiable)
    co_return co_await reply_unsatisfiable(x, record);
  auto ticket = co_await x.worker.reads.begin(x, record.sealed.key, wanted.audit_target());
  // Of several ranges the whole is sent, which RFC 9110 14.2 allows and every client takes.
  if (asked.kind == graph::RangeRequest::Kind::kRanges && asked.ranges.size() == 1)
    co_return co_await send_range(x, wanted, record, asked.ranges.front(), ticket);
  co_await send_whole(x, wanted, record, ticket);
}

// --- content without a record of this item ---

net::awaitable<void> pass_through(Exchange& x, Upstream::Response& response, ByteView begun) {
  graph::ResponseHead head{response.head.status, graph::client_fields(response.head.fields, false)};
  const auto framing = response.lease->framing();
  const bool sized = framing.kind != graph::Framing::Kind::kUntilClose &&
                     framing.kind != graph::Framing::Kind::kChunked;
  if (sized)
    head.fields.set("Content-Length", std::to_string(framing.length));
  else
    head.fields.set("Transfer-Encoding", "chunked");
  co_await copy_answer(x, response, head, begun);
}

struct AdoptedSizes {
  std::uint64_t plain;
  std::uint64_t sealed;
};

// The version was read whole and is authentic: it is bound to the item that upstream served it as.
net::awaitable<void> adopt(Exchange& x, const Wanted& wanted, const ItemRecord& record,
                           AdoptedSizes sizes, const transfer::Hashes& hashes) {
  if (wanted.url) co_return;  // the next read at Graph says cTag and place
  const Identity identity = co_await look_up(x);
  if (!identity.exists || identity.size != sizes.sealed) co_return;
  keystore::Binding binding;
  binding.drive_id = wanted.drive_id;
  binding.item_id = wanted.item_id;
  binding.ctag = identity.ctag;
  binding.etag = identity.etag;
  binding.path = identity.place.path;
  binding.plain_size = sizes.plain;
  binding.sealed_size = sizes.sealed;
  binding.plain_hash = hashes.plain.digest();
  binding.sealed_hash = hashes.sealed.digest();
  Future<Status> bound(x.worker.executor, [&](auto done) {
    x.store().bind(record.sealed.key, std::move(binding), ItemState::kBound, true, now_ms(),
                   std::move(done));
  });
  co_await bound.get();  // should it fail, the record stays pending and is adopted next time
}

// A body that begins like a sealed file, without a bound record of this item: a pending version
// whose final answer was lost is adopted, everything else is refused.
net::awaitable<void> read_unbound(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView prefix_bytes) {
  x.decision = "open";
  const auto prefix = crypto::decode_prefix(prefix_bytes);
  if (!prefix) throw Refused{graph::Refusal::kNotAuthentic, "", prefix.error().detail};
  const auto record = x.store().find(prefix->header.key);
  if (!record && record.error().code != ErrorCode::kNotFound) throw_store_error(record.error());
  if (!record) throw Refused{graph::Refusal::kNotAuthentic, "", "the key id is not known here"};
  if (record->state != ItemState::kPending)
    throw Refused{graph::Refusal::kForeignCopy, "", "the key belongs to another item or version"};
  const auto framing = response.lease->framing();
  const auto plain = framing.kind == graph::Framing::Kind::kLength
                         ? crypto::plain_size(framing.length)
                         : std::nullopt;
  if (!plain) throw Refused{graph::Refusal::kNotAuthentic, "", "no file has this sealed size"};
  auto ticket = co_await x.worker.reads.begin(x, record->sealed.key, wanted.audit_target());
  crypto::Opener opener = make_opener(x, record->sealed, *prefix);
  const OpenedBody body{.plain_size = *plain, .part = {}, .to_end = true};
  transfer::Hashes hashes;
  hashes.sealed.update(prefix_bytes);
  co_await send_opened(x, response, opener,
                       graph::ResponseHead{200, content_fields(x, response.head)}, body, ticket,
                       &hashes);
  co_await adopt(x, wanted, *record, {*plain, framing.length}, hashes);
}

net::awaitable<void> record_legacy_read(Exchange& x, const Wanted& wanted) {
  auto record = record_of(x, audit::Event::kLegacyPlainRead, wanted.audit_target(), "passed");
  auto appended = append_audit(x, std::move(record));
  co_await await_audit(appended);
}

net::awaitable<bool> begins_sealed(Exchange& x, const Wanted& wanted) {
  auto response =
      co_await open_content(x, ask_for(wanted, graph::ByteRange{0, format::kMagic.size() - 1}));
  if (response.head.status == 304) co_return false;
  std::array<std::uint8_t, format::kMagic.size()> first{};
  const std::size_t got = co_await read_up_to(*response.lease, first);
  co_return crypto::has_magic(ByteView(first).first(got));
}

// The client asks for a range of something that we do not know: passed as it is when it is no
// sealed file, otherwise answered by the whole (which can be adopted).
net::awaitable<void> read_unknown(Exchange& x, Wanted wanted, bool is_protected) {
  const bool ranged = x.head.fields.find("Range").has_value();
  const bool sealed = ranged && co_await begins_sealed(x, wanted);
  if (!ranged || sealed) {
    auto response = co_await open_content(x, ask_for(wanted, std::nullopt));
    if (response.head.status == 304)
      co_return co_await reply(x, 304, content_fields(x, response.head), "");
    crypto::PrefixBytes begun{};
    const std::size_t got = co_await read_up_to(*response.lease, begun);
    const auto bytes = ByteView(begun).first(got);
    if (crypto::has_magic(bytes)) co_return co_await read_unbound(x, wanted, response, bytes);
    if (is_protected) co_await record_legacy_read(x, wanted);
    x.decision = "pass";
    co_return co_await pass_through(x, response, bytes);
  }
  if (is_protected) co_await record_legacy_read(x, wanted);
  x.decision = "pass";
  ContentAsk ask = ask_for(wanted, std::nullopt);
  ask.client_range = true;
  auto response = co_await open_content(x, ask);
  co_await pass_through(x, response, {});
}

net::awaitable<void> read_item(Exchange& x, const Wanted& wanted, bool is_protected) {
  if (const auto record = newest_record(x, wanted))
    co_return co_await read_known(x, wanted, *record);
  if (was_ever_sealed(x, wanted))
    throw Refused{graph::Refusal::kStoredDiffers, "", "the newest version of the item is suspect"};
  if (is_protected && x.config().policy.legacy_plain == policy::LegacyPlain::kRefuse)
    throw Refused{graph::Refusal::kNotAllowed, "", "never sealed here; legacy_plain = refuse"};
  co_await read_unknown(x, wanted, is_protected);
}

net::awaitable<void> head_item(Exchange& x, const Wanted& wanted, const Identity& identity) {
  graph::Fields fields;
  fields.add("Accept-Ranges", "bytes");
  if (!identity.etag.empty()) fields.add("ETag", identity.etag);
  const auto record = newest_record(x, wanted);
  const std::uint64_t size = record ? record->binding.plain_size : identity.size;
  fields.add("Content-Length", std::to_string(size));
  x.status = 200;
  const std::string wire = to_wire(graph::ResponseHead{200, fields});
  co_await x.client.stream().write(as_bytes(wire));
}

}  // namespace

net::awaitable<void> read_content(Exchange& x) {
  const graph::Target& target = x.route.target;
  Wanted wanted{target.item.drive_id, target.item.by_path() ? "" : target.item.item_id,
                raw_target(x), std::nullopt};
  policy::Place place{wanted.drive_id, wanted.item_id, ""};
  const bool by_id = !wanted.drive_id.empty() && !wanted.item_id.empty() &&
                     wanted.item_id != "root" && wanted.item_id.find(':') == std::string::npos;
  const bool is_head = x.head.method == graph::Method::kHead;
  // An item that is known to be sealed needs no look-up: upstream's yes comes with the content.
  if (!by_id || is_head || !newest_record(x, wanted)) {
    const Identity identity = co_await look_up(x);
    if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
    place = identity.place;
    wanted.drive_id = place.drive_id;
    wanted.item_id = place.item_id;
    if (is_head) co_return co_await head_item(x, wanted, identity);
  }
  co_await read_item(x, wanted, policy::match(x.config().policy, place) != nullptr);
}

net::awaitable<void> read_own_download(Exchange& x) {
  const auto grant = x.worker.shared.urls->open_download(x.route.own_token, now_ms());
  if (!grant) throw Refused{graph::Refusal::kNotFound, "", "download URL not issued here"};
  const auto url = parse_upstream_url(grant->upstream_url);
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kNotFound, "", "download URL of a host not allowed"};
  x.caller.actor = grant->actor;
  const Wanted wanted{grant->drive_id, grant->item_id, "", *url};
  const policy::Place place{grant->drive_id, grant->item_id, ""};
  co_await read_item(x, wanted, policy::match(x.config().policy, place) != nullptr);
}

}  // namespace kerros::io
