// TLS sessions to resume, by host: what spares an upstream connection its full handshake.
//
// Bounded: a few sessions per host, since a TLS 1.3 ticket serves once, and a bounded number of
// hosts, of which the one unused for longest is dropped.
//
// Thread safety: all functions may be called from any thread.
// Lifetime: keeps its sessions alive; holds no connection.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

struct ssl_session_st;

namespace kerros::tls {

struct SessionFree {
  void operator()(ssl_session_st* session) const;
};
using Session = std::unique_ptr<ssl_session_st, SessionFree>;

class SessionStore {
 public:
  static constexpr std::size_t kHosts = 256;
  static constexpr std::size_t kPerHost = 8;

  void put(const std::string& host, Session session);
  Session take(const std::string& host);  // the newest; empty when there is none
  std::size_t hosts() const;

 private:
  struct Entry {
    std::vector<Session> sessions;
    std::list<std::string>::iterator age;
  };

  mutable std::mutex mutex_;
  std::list<std::string> by_age_;  // newest first
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace kerros::tls
