#include "gateway/io/read/read_unbound.h"

#include "crypto/offsets.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/read/opening.h"
#include "gateway/io/registry/registry.h"

namespace kerros::io {

namespace {

using keystore::ItemRecord;
using keystore::ItemState;

// The version was read whole and is authentic: it is bound to the item that upstream serves it as.
// Where upstream does not say which, the record stays pending and is adopted next time.
net::awaitable<void> adopt(Exchange& x, const Wanted& wanted, const ItemRecord& record,
                           keystore::Binding binding) {
  if (wanted.url) co_return;  // the next read at Graph says cTag and place
  Identity identity;
  try {
    identity = co_await look_up(x);
  } catch (const Refused&) {
    co_return;
  } catch (const Relayed&) {
    co_return;
  }
  if (!identity.exists || identity.size != binding.sealed_size) co_return;
  binding.ctag = identity.ctag;
  binding.etag = identity.etag;
  binding.path = identity.place.path;
  binding.name = binding.path.substr(binding.path.rfind('/') + 1);
  Future<Status> bound(x.worker.executor, [&](auto done) {
    x.store().bind(record.sealed.key, std::move(binding), ItemState::kBound, true, now_ms(),
                   std::move(done));
  });
  co_await bound.get();  // should it fail, the record stays pending too
}

// What reading the whole of a pending version says of it, for its record.
keystore::Binding binding_of(const Wanted& wanted, const transfer::Hashes& hashes) {
  keystore::Binding binding;
  binding.drive_id = wanted.drive_id;
  binding.item_id = wanted.item_id;
  binding.plain_size = hashes.plain.length();
  binding.sealed_size = hashes.sealed.length();
  binding.plain_hash = hashes.plain.digest();
  binding.sealed_hash = hashes.sealed.digest();
  return binding;
}

}  // namespace

net::awaitable<void> read_unbound(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView begun) {
  x.decision = "open";
  co_await require_proof(x, wanted);
  const auto prefix = crypto::decode_prefix(begun);
  if (!prefix) throw Refused{graph::Refusal::kNotAuthentic, "", prefix.error().detail};
  const ItemRecord record = co_await record_for(x, wanted, prefix->header.key);
  co_await send_whole_file(x, wanted, response, record, *prefix, [&](keystore::Binding binding) {
    return adopt(x, wanted, record, std::move(binding));
  });
}

net::awaitable<void> send_whole_file(Exchange& x, const Wanted& wanted,
                                     Upstream::Response& response, const ItemRecord& record,
                                     const crypto::Prefix& prefix, const BindWhole& bind) {
  const std::uint64_t size = stored_size(response);
  const auto plain = crypto::plain_size(size);
  if (!plain) throw Refused{graph::Refusal::kNotAuthentic, "", "no file has this sealed size"};
  if (record.state != ItemState::kPending && size != record.binding.sealed_size)
    throw Refused{graph::Refusal::kNotAuthentic, "", "the stored size is not that of the record"};
  auto ticket = co_await begin_read(x, wanted, record);
  crypto::Opener opener = make_opener(x, record.sealed, prefix);
  const OpenedBody body{.plain_size = *plain, .part = {}, .to_end = true};
  FirstReading first;
  first.hashes.sealed.update(crypto::encode(prefix));
  first.bind = [&]() -> net::awaitable<void> {
    if (record.state == ItemState::kPending) co_await bind(binding_of(wanted, first.hashes));
  };
  co_await send_opened(x, response, opener,
                       graph::ResponseHead{200, content_fields(x, response.head)}, body, ticket,
                       &first);
}

}  // namespace kerros::io
