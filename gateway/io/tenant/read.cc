// GET and HEAD of one file at a tenant's host, by its own URL or through the download page.
#include "gateway/graph/percent_encode.h"
#include "gateway/io/read/read_content.h"
#include "gateway/io/registry/wanted.h"
#include "gateway/io/tenant/tenant.h"

namespace kerros::io {

namespace {

using sharepoint::PlaceQuestion;

PlaceQuestion question_of(const Exchange& x) {
  if (x.tenant->channel == "download-page")
    return sharepoint::download_page(x.front.public_host, x.tenant->target);
  return sharepoint::place_question(*x.tenant);
}

// The look-up may have been answered to anybody; the drive API's own stream is not.
std::string content_of(const Exchange& x, const Identity& item) {
  return drives_root(x) + graph::percent_encode_path(item.place.drive_id) + "/items/" +
         graph::percent_encode_path(item.place.item_id) + "/content";
}

}  // namespace

net::awaitable<void> read_tenant(Exchange& x) {
  const PlaceQuestion question = question_of(x);
  if (!x.caller.has_token || question.kind == PlaceQuestion::Kind::kNone)
    co_return co_await pass_tenant(x, Watch::kSealed);
  const Identity item = co_await item_at(x, question);
  const bool is_file = item.exists && !item.is_folder;
  const bool concerns_us = is_file && (may_be_protected(x.config().policy, item.place) ||
                                       is_sealed(x, item.place.drive_id, item.place.item_id));
  // Pages are files as well, and mean something else than their bytes.
  if (!concerns_us) co_return co_await pass_tenant(x, Watch::kSealed);
  x.route.proves_caller = true;
  const Wanted wanted{item.place.drive_id, item.place.item_id, content_of(x, item), std::nullopt,
                      ""};
  co_await read_placed(x, wanted, item);
}

}  // namespace kerros::io
