// Upload sessions: opened at the Graph host, fed at the tenant host.
//
// Switches here: fragment.lost_reply, fragment.half, session.vanish, ranges.form, commit.conflict,
// final.empty, lock.
// Thread safety: called by many threads; takes the store's lock itself unless said.
#pragma once

#include "tools/sandbox/commit.h"
#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

struct SessionWish {
  Placement placement;
  std::string user;
  std::string given_created;
  std::string given_modified;
  bool deferred = false;
};

// Under the store's lock. Throws Refusal.
const UploadSession& open_upload_session(Exchange& exchange, const SessionWish& wish);
std::string upload_url(const UploadSession& session);
void slide_expiry(Exchange& exchange, UploadSession& session);  // each fragment earns more time
Json session_json(Exchange& exchange, const UploadSession& session);

Reply session_status(Exchange& exchange, const std::string& guid);
Reply session_fragment(Exchange& exchange, const std::string& guid);
Reply session_cancel(Exchange& exchange, const std::string& guid);
Reply session_commit(Exchange& exchange, const std::string& guid);  // of a deferred one

// Under the store's lock: makes the item of a session whose bytes are all there.
Committed commit_session(Exchange& exchange, UploadSession& session, const std::string& name,
                         const std::string& conflict);

}  // namespace kerros::sandbox
