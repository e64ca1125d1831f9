#include "gateway/io/read/opening.h"

#include "gateway/graph/response_fields.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/registry/registry.h"

namespace kerros::io {

ContentAsk ask_for(const Wanted& wanted, std::optional<graph::ByteRange> range) {
  return ContentAsk{wanted.target, wanted.url, range, !wanted.url, false};
}

// An own URL was given to somebody who had proven himself.
net::awaitable<void> require_proof(Exchange& x, const Wanted& wanted) {
  if (!wanted.url) co_await require_proof(x, wanted.drive_id, wanted.item_id);
}

crypto::Prefix prefix_of(const keystore::ItemRecord& record) {
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

net::awaitable<ReadAudit::Ticket> begin_read(Exchange& x, const Wanted& wanted,
                                             const keystore::ItemRecord& record) {
  auto intent = record_of(x, audit::Event::kReadIntent, wanted.audit_target(), "intent");
  intent.details.emplace_back("unit", unit_name(x, record.sealed.unit));
  return x.worker.reads.begin({x.caller.actor, record.sealed.key}, std::move(intent));
}

std::uint64_t stored_size(const Upstream::Response& response) {
  if (response.head.status == 206) {
    const auto field = response.head.fields.find("Content-Range");
    const auto told = field ? graph::parse_content_range(*field) : std::nullopt;
    return told ? told->total : 0;
  }
  const auto framing = response.lease->framing();
  return framing.kind == graph::Framing::Kind::kLength ? framing.length : 0;
}

graph::Fields content_fields(const Exchange& x, const graph::ResponseHead& head) {
  graph::Fields fields = graph::client_fields(head.fields, true);
  fields.remove("Content-Length");
  fields.set("Accept-Ranges", "bytes");
  if (x.route.operation == graph::Operation::kOwnDownload)
    fields.set("Access-Control-Allow-Origin", "*");
  return fields;
}

}  // namespace kerros::io
