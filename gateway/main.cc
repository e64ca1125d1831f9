// kerros-gateway: opens an installation and serves it.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "crypto/random.h"
#include "gateway/complaint.h"
#include "gateway/config.h"
#include "gateway/installation.h"
#include "gateway/io/process/server.h"

namespace {

// Most errors say why and what to do; those from far below say only what.
kerros::Complaint explained(const kerros::Error& error) {
  kerros::Complaint complaint = kerros::complaint_of(error);
  if (!complaint.why.empty()) return complaint;
  const bool full = error.code == kerros::ErrorCode::kFull;
  complaint.why = full ? "a disk, a map or lockable memory has no room left"
                       : "the gateway starts whole or not at all";
  complaint.hint = full ? "make room for the store and the log, then start again"
                        : "put it right, then start again";
  return complaint;
}

int fail_with(const kerros::Error& error) {
  const std::string text = kerros::to_text("kerros-gateway", explained(error));
  std::fputs(text.c_str(), stderr);
  switch (error.code) {
    case kerros::ErrorCode::kMalformed:
      return 2;
    case kerros::ErrorCode::kNotAuthentic:
      return 4;
    case kerros::ErrorCode::kUnavailable:
    case kerros::ErrorCode::kFull:
      return 5;
    case kerros::ErrorCode::kNotFound:
      return 6;
    case kerros::ErrorCode::kConflict:
      return 7;
    default:
      return 1;
  }
}

void start_logging(const std::string& level) {
  auto logger = spdlog::stderr_logger_mt("kerros");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

// A tunnel takes two descriptors, and what a shell gives by default is soon used up.
void allow_many_sockets() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

// Keys are in this process: no core file, no other process of the same user looks in.
void close_the_shutters() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Kerros gateway: seals confidential files on their way to Microsoft 365.");
  const char* named = std::getenv("KERROS_CONFIG");
  std::string file = named != nullptr && *named != '\0' ? named : "/etc/kerros/kerros.toml";
  int passphrase_fd = -1;
  app.add_option("--config", file,
                 "the configuration (KERROS_CONFIG, else /etc/kerros/kerros.toml)");
  app.add_option("--passphrase-fd", passphrase_fd,
                 "read the passphrase that unseals the store from this descriptor");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return fail_with(kerros::complain(kerros::ErrorCode::kMalformed,
                                      "the command line cannot be understood", error.what(),
                                      "`kerros-gateway --help` shows what it takes")
                         .value());
  }

  close_the_shutters();
  allow_many_sockets();
  kerros::crypto::start();
  const auto config = kerros::load_config(file);
  if (!config) return fail_with(config.error());
  start_logging(config->log_level);
  auto unseal = kerros::unseal_method(*config, passphrase_fd);
  if (!unseal) return fail_with(unseal.error());
  auto installation = kerros::Installation::open(*config, *std::move(unseal));
  if (!installation) return fail_with(installation.error());
  const auto served = kerros::io::run_gateway(*config, **installation);
  if (!served) return fail_with(served.error());
  return 0;
}
