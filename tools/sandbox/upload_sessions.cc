#include "tools/sandbox/upload_sessions.h"

#include <algorithm>

#include "tools/sandbox/ids.h"
#include "tools/sandbox/item_json.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

constexpr std::int64_t kIdleMs = 15 * 60 * 1000;          // slides with each fragment
constexpr std::int64_t kLifetimeMs = 24 * 3600 * 1000LL;  // of tempauth: never beyond

Json ranges_of(Exchange& exchange, const UploadSession& session) {
  const std::string next = std::to_string(session.received);
  const std::string open = next + "-";
  const std::uint64_t last = session.total ? *session.total - 1 : 0;
  const std::string closed = session.total ? open + std::to_string(last) : open;
  const auto form = exchange.switched("ranges.form");
  if (!form) return Json::array({exchange.strict() ? open : closed});
  if (*form == "open") return Json::array({open});
  if (*form == "closed") return Json::array({closed});
  if (*form == "several") return Json::array({closed, std::to_string(last + 1) + "-"});
  if (*form == "unaligned") return Json::array({std::to_string(session.received + 1) + "-"});
  if (*form == "absent") return nullptr;
  return Json::array();
}

}  // namespace

const UploadSession& open_upload_session(Exchange& exchange, const SessionWish& wish) {
  Store& store = exchange.cloud.store;
  check_placement(store, wish.placement);
  if (store.session_on(wish.placement.parent, wish.placement.name) != nullptr) {
    throw name_exists("A file with the same name is currently being uploaded");
  }
  const Drive& drive = *store.drive(wish.placement.drive);
  const Item* existing =
      wish.placement.item.empty()
          ? store.child(*store.item(drive.id, wish.placement.parent), wish.placement.name)
          : store.item(drive.id, wish.placement.item);
  const std::int64_t now = exchange.cloud.clock.now_ms();
  UploadSession session;
  session.guid = random_guid();
  session.drive = drive.id;
  session.parent = wish.placement.parent;
  session.name = wish.placement.name;
  session.replaces = existing != nullptr && wish.placement.conflict == "replace";
  session.item = session.replaces ? existing->id : random_item_id();
  session.conflict = wish.placement.conflict;
  session.if_match = wish.placement.if_match;
  session.given_created = wish.given_created;
  session.given_modified = wish.given_modified;
  session.user = wish.user;
  session.deferred = wish.deferred;
  session.expires = now + kIdleMs;
  session.token_expires = now + kLifetimeMs;
  session.host = tenant_authority(exchange, drive);
  session.target =
      drive.web_path + "/_api/v2.0/drives/" + drive.id + "/items/" + session.item +
      "/uploadSession?guid='" + session.guid +
      "'&overwrite=" + (session.conflict == "replace" ? "True" : "False") +
      "&rename=" + (session.conflict == "rename" ? "True" : "False") +
      "&dc=" + (wish.deferred ? "1" : "0") + "&tempauth=" +
      exchange.cloud.tokens.tempauth({{"use", "upload"}, {"s", session.guid}}, kLifetimeMs / 1000);
  return store.open_session(std::move(session));
}

std::string upload_url(const UploadSession& session) {
  return "https://" + session.host + session.target;
}

Json session_json(Exchange& exchange, const UploadSession& session) {
  Json out = {{"expirationDateTime", iso_time_millis(session.expires)}};
  const Json ranges = ranges_of(exchange, session);
  if (!ranges.is_null()) out["nextExpectedRanges"] = ranges;
  return out;
}

void slide_expiry(Exchange& exchange, UploadSession& session) {
  session.expires = std::min(exchange.cloud.clock.now_ms() + kIdleMs, session.token_expires);
}

Committed commit_session(Exchange& exchange, UploadSession& session, const std::string& name,
                         const std::string& conflict) {
  Store& store = exchange.cloud.store;
  Placement placement;
  placement.drive = session.drive;
  placement.parent = session.parent;
  placement.name = name;
  placement.conflict = conflict;
  placement.if_match = session.if_match;
  placement.by = session.user;
  if (session.replaces) {
    placement.item = session.item;
  } else {
    placement.new_id = session.item;
  }
  const Arrived bytes{store.incoming(session.guid), session.received, session.hash.base64_digest()};
  const Committed done = commit(exchange, placement, bytes, session.user);
  done.item->given_created = session.given_created;
  done.item->given_modified = session.given_modified;
  store.persist(*done.item);
  store.close_session(session.guid);
  return done;
}

}  // namespace kerros::sandbox
