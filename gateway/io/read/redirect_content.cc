// GET content inside a batch: content never flows there. The client gets what it gets from Graph,
// a redirect, to a download URL of our own for the item it asked for.
#include "gateway/io/exchange/own_links.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/read/content_source.h"
#include "gateway/io/read/stages.h"
#include "gateway/io/registry/sightings.h"

namespace kerros::io {

net::awaitable<void> redirect_content(Exchange& x) {
  x.decision = "rewrite";
  const Identity identity = co_await look_up(x);
  if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
  transfer::DownloadGrant grant;
  grant.upstream_url = co_await content_redirect(x);
  co_await require_proof(x, identity.place.drive_id, identity.place.item_id);
  // Behind an own URL nobody can be asked where the item lies: what was expected is followed now.
  sight(x, identity.item);
  co_await apply_sightings(x);
  grant.actor = x.caller.actor;
  grant.proven_ms = now_ms();
  grant.drive_id = identity.place.drive_id;
  grant.item_id = identity.place.item_id;
  grant.ctag = identity.ctag;
  grant.is_protected = may_be_protected(x.config().policy, identity.place);
  grant.refuses_plain =
      policy::legacy_plain(x.config().policy, identity.place) == policy::LegacyPlain::kRefuse;
  auto url = x.worker.shared.urls->download_url(own_host(x, grant.upstream_url), grant, now_ms());
  if (!url) throw_store_error(url.error());
  graph::Fields fields;
  fields.add("Location", *std::move(url));
  co_await reply(x, 302, std::move(fields), "");
}

}  // namespace kerros::io
