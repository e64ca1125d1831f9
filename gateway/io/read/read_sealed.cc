#include "gateway/io/read/read_sealed.h"

#include "crypto/format.h"
#include "crypto/offsets.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/read/opening.h"
#include "gateway/io/read/read_unbound.h"
#include "gateway/io/registry/registry.h"
#include "gateway/io/registry/sightings.h"

namespace kerros::io {

namespace {

using keystore::ItemRecord;

// The stream must begin at `asked` of exactly the stored file that the record describes.
net::awaitable<void> align(Upstream::Response& response, const ItemRecord& record,
                           const graph::ByteRange& asked) {
  if (response.head.status == 206) {
    const auto field = response.head.fields.find("Content-Range");
    const auto told = field ? graph::parse_content_range(*field) : std::nullopt;
    if (!told || told->total != record.binding.sealed_size || told->range.first != asked.first ||
        told->range.last > asked.last)
      throw Refused{graph::Refusal::kNotAuthentic, "", "Content-Range is not what was asked"};
    co_return;
  }
  const std::uint64_t size = stored_size(response);
  if (size != 0 && size != record.binding.sealed_size)
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored size is not that of the record"};
  if (!co_await skip_body(*response.lease, asked.first))
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored file is shorter than its record"};
}

net::awaitable<void> send_range(Exchange& x, const Wanted& wanted, const ItemRecord& record,
                                const graph::ByteRange& plain) {
  const std::uint64_t size = record.binding.plain_size;
  const auto sealed = crypto::sealed_range(plain.first, plain.last, size);
  if (!sealed) throw Refused{graph::Refusal::kInternal, "", sealed.error().detail};
  const graph::ByteRange asked{sealed->first, sealed->last};
  auto response = co_await open_content(x, ask_for(wanted, asked));
  if (response.head.status == 304)
    co_return co_await reply(x, 304, content_fields(x, response.head), "");
  co_await require_proof(x, wanted);
  co_await align(response, record, asked);
  auto ticket = co_await begin_read(x, wanted, record);
  crypto::Opener opener = make_opener(x, record.sealed, prefix_of(record));
  graph::Fields fields = content_fields(x, response.head);
  fields.set("Content-Range", graph::to_field({plain, size}));
  const OpenedBody body{.plain_size = size, .part = plain, .to_end = false};
  co_await send_opened(x, response, opener, graph::ResponseHead{206, std::move(fields)}, body,
                       ticket, nullptr);
}

net::awaitable<void> send_whole(Exchange& x, const Wanted& wanted, const ItemRecord& record) {
  auto response = co_await open_content(x, ask_for(wanted, std::nullopt));
  if (response.head.status == 304)
    co_return co_await reply(x, 304, content_fields(x, response.head), "");
  co_await require_proof(x, wanted);
  const crypto::Prefix prefix = prefix_of(record);
  crypto::PrefixBytes stored{};
  const std::size_t got = co_await read_up_to(*response.lease, stored);
  const auto begun = ByteView(stored).first(got);
  if (!crypto::has_magic(begun)) co_await refuse_plain(x, wanted);
  if (stored != crypto::encode(prefix)) co_return co_await read_unbound(x, wanted, response, begun);
  const std::uint64_t size = stored_size(response);
  if (size != 0 && size != record.binding.sealed_size)
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored size is not that of the record"};
  auto ticket = co_await begin_read(x, wanted, record);
  crypto::Opener opener = make_opener(x, record.sealed, prefix);
  const OpenedBody body{.plain_size = record.binding.plain_size, .part = {}, .to_end = true};
  co_await send_opened(x, response, opener,
                       graph::ResponseHead{200, content_fields(x, response.head)}, body, ticket,
                       nullptr);
  note_read_whole(x, record);
  co_await apply_sightings(x);
}

// Whether upstream serves the very file of the record: told by its prefix.
net::awaitable<bool> serves_record(Exchange& x, const Wanted& wanted, const ItemRecord& record) {
  ContentAsk ask = ask_for(wanted, graph::ByteRange{0, crypto::format::kPrefixSize - 1});
  ask.conditional = false;
  auto response = co_await open_content(x, ask);
  crypto::PrefixBytes stored{};
  co_await read_up_to(*response.lease, stored);
  co_return stored == crypto::encode(prefix_of(record));
}

// A range of a newer version whose final answer was lost contradicts the record. The whole of it is
// sent instead, which also binds it; what bears the record's own prefix is refused as it was.
net::awaitable<void> send_range_or_newer(Exchange& x, const Wanted& wanted,
                                         const ItemRecord& record, const graph::ByteRange& plain) {
  std::optional<Refused> refused;
  try {
    co_return co_await send_range(x, wanted, record, plain);
  } catch (Refused& caught) {
    if (caught.refusal != graph::Refusal::kNotAuthentic || x.status != 0) throw;
    refused = std::move(caught);
  }
  bool same = true;
  try {
    same = co_await serves_record(x, wanted, record);
  } catch (const Refused&) {
  }
  if (same) throw *std::move(refused);
  co_await send_whole(x, wanted, record);
}

// A size is told only to whom upstream would give the content.
net::awaitable<void> answer_unsatisfiable(Exchange& x, const Wanted& wanted,
                                          const ItemRecord& record) {
  ContentAsk ask = ask_for(wanted, graph::ByteRange{0, 0});
  ask.conditional = false;
  std::uint64_t size = 0;
  {
    const auto response = co_await open_content(x, ask);
    size = stored_size(response);
  }
  co_await require_proof(x, wanted);
  if (size != record.binding.sealed_size) co_return co_await send_whole(x, wanted, record);
  const auto answer = graph::error_answer(graph::Refusal::kRangeNotSatisfiable, x.request_id);
  graph::Fields fields;
  fields.add("Content-Type", "application/json");
  fields.add("Content-Range", graph::unsatisfied_field(record.binding.plain_size));
  co_await reply(x, 416, std::move(fields), answer.body);
}

graph::RangeRequest wanted_range(const Exchange& x, const ItemRecord& record) {
  auto field = x.head.fields.find("Range");
  const auto condition = x.head.fields.find("If-Range");
  if (condition && *condition != record.binding.etag) field = std::nullopt;
  return graph::parse_range(field, record.binding.plain_size);
}

}  // namespace

net::awaitable<void> read_known(Exchange& x, const Wanted& wanted, const ItemRecord& record) {
  x.decision = "open";
  const graph::RangeRequest asked = wanted_range(x, record);
  if (asked.kind == graph::RangeRequest::Kind::kUnsatisfiable)
    co_return co_await answer_unsatisfiable(x, wanted, record);
  // Of several ranges the whole is sent, which RFC 9110 14.2 allows and every client takes.
  if (asked.kind == graph::RangeRequest::Kind::kRanges && asked.ranges.size() == 1)
    co_return co_await send_range_or_newer(x, wanted, record, asked.ranges.front());
  co_await send_whole(x, wanted, record);
}

}  // namespace kerros::io
