#include "gateway/tls/session_store.h"

#include <openssl/ssl.h>

#include <ctime>

namespace kerros::tls {
namespace {

bool is_usable(SSL_SESSION* session) {
  const long age = std::time(nullptr) - SSL_SESSION_get_time(session);
  return age < SSL_SESSION_get_timeout(session) && SSL_SESSION_is_resumable(session) == 1;
}

// A TLS 1.3 ticket used twice lets an observer link the connections (RFC 8446, C.4); the sessions
// of TLS 1.2 are named in clear anyway and stay.
bool serves_once(SSL_SESSION* session) {
  return SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION;
}

}  // namespace

void SessionFree::operator()(ssl_session_st* session) const { SSL_SESSION_free(session); }

void SessionStore::put(const std::string& host, Session session) {
  const std::scoped_lock lock(mutex_);
  auto found = entries_.find(host);
  if (found == entries_.end()) {
    by_age_.push_front(host);
    found = entries_.emplace(host, Entry{{}, by_age_.begin()}).first;
  }
  by_age_.splice(by_age_.begin(), by_age_, found->second.age);
  auto& sessions = found->second.sessions;
  if (sessions.size() == kPerHost) sessions.erase(sessions.begin());
  sessions.push_back(std::move(session));
  if (entries_.size() <= kHosts) return;
  entries_.erase(by_age_.back());
  by_age_.pop_back();
}

Session SessionStore::take(const std::string& host) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(host);
  if (found == entries_.end()) return {};
  by_age_.splice(by_age_.begin(), by_age_, found->second.age);
  auto& sessions = found->second.sessions;
  while (!sessions.empty()) {
    Session& newest = sessions.back();
    if (is_usable(newest.get()) && !serves_once(newest.get())) {
      SSL_SESSION_up_ref(newest.get());
      return Session(newest.get());
    }
    Session taken = std::move(newest);
    sessions.pop_back();
    if (is_usable(taken.get())) return taken;
  }
  return {};
}

std::size_t SessionStore::hosts() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

}  // namespace kerros::tls
