#include "tests/bench/load/job.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>

namespace kerros::bench {

Job read_job(int argc, char** argv) {
  Job job;
  CLI::App app("Asks one server for the same thing over and over, and prints what that took.");
  auto* to = app.add_option("--to", job.to, "ADDRESS:PORT");
  app.add_option("--through", job.through, "ADDRESS:PORT of a proxy")->excludes(to);
  app.add_option("--host", job.host, "name of the server")->required();
  app.add_option("--ca", job.ca_file, "who signed its certificate")->required();
  std::string token_file;
  app.add_option("--token", token_file, "file with a bearer token");
  app.add_option("--method", job.method);
  app.add_option("--target", job.targets, "path; {n} becomes the number of the request");
  app.add_option("--targets", job.targets_file, "file with paths, one a line");
  app.add_option("--connections", job.connections)->check(CLI::Range(1, 100'000));
  app.add_option("--count", job.count, "requests");
  app.add_option("--seconds", job.seconds, "how long, when no count says it");
  app.add_option("--size", job.size, "bytes to send, or of the file to read");
  app.add_option("--range", job.range, "bytes of a random part to read");
  app.add_flag("--warm", job.warm, "one request of each connection goes before");
  app.add_option("--processor", job.processor);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  std::ifstream tokens(token_file);
  if (!token_file.empty() && !std::getline(tokens, job.token))
    std::exit(app.exit(CLI::ValidationError("--token", token_file + " cannot be read")));
  std::ifstream lines(job.targets_file);
  for (std::string line; std::getline(lines, line);) job.targets.push_back(line);
  if (job.targets.empty() || (job.count == 0 && job.seconds <= 0) || job.range > job.size)
    std::exit(app.exit(CLI::ValidationError("a target, and a count or seconds", "are needed")));
  return job;
}

Pattern::Pattern() : bytes_(1 << 20) {
  std::uint64_t state = 1;
  for (auto& byte : bytes_) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<std::uint8_t>(state >> 56);
  }
}

ByteView Pattern::from(std::uint64_t at, std::uint64_t size) const {
  const std::uint64_t begin = at % bytes_.size();
  return ByteView(bytes_).subspan(begin, std::min<std::uint64_t>(size, bytes_.size() - begin));
}

bool Pattern::matches(std::uint64_t at, ByteView bytes) const {
  while (!bytes.empty()) {
    const ByteView same = from(at, bytes.size());
    if (!std::equal(same.begin(), same.end(), bytes.begin())) return false;
    at += same.size();
    bytes = bytes.subspan(same.size());
  }
  return true;
}

}  // namespace kerros::bench
