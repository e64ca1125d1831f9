// What one run of the load generator asks for, as its command line says it.
//
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace kerros::bench {

struct Job {
  std::string to;       // "127.0.0.1:8443", what is measured
  std::string through;  // a proxy to ask for `host` by CONNECT; then `to` is not used
  std::string host;     // the TLS name and the Host field
  std::string ca_file;
  std::string token;  // of the bearer; empty: no Authorization
  std::string method = "GET";
  std::vector<std::string> targets;  // in turn; "{n}" becomes the number of the request
  std::string targets_file;          // or these, one a line
  unsigned connections = 1;
  std::uint64_t count = 0;  // requests of all connections together; 0: as many as fit `seconds`
  double seconds = 0;
  std::uint64_t size = 0;   // of a body to send, or of the file to read from; 0: not compared
  std::uint64_t range = 0;  // bytes of a random part to ask for; 0: the whole
  bool warm = false;        // each connection makes one request that is not counted
  int processor = -1;
};

// Exits with a message when the command line makes no job.
Job read_job(int argc, char** argv);

// The bytes that every file of the benchmarks is made of: one MiB of noise, repeated.
class Pattern {
 public:
  Pattern();
  // Bytes from `at` on, as many as lie there in one piece, at most `size`.
  ByteView from(std::uint64_t at, std::uint64_t size) const;
  bool matches(std::uint64_t at, ByteView bytes) const;

 private:
  Bytes bytes_;
};

}  // namespace kerros::bench
