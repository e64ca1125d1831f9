#include "tools/proxy_authority.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "gateway/audit/time_text.h"
#include "gateway/complaint.h"
#include "gateway/tls/leaf_certificates.h"
#include "tools/scaffold.h"

namespace kerros::tools {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> refuse_existing(const std::string& file) {
  return complain(ErrorCode::kConflict, file + " exists already",
                  "workstations may trust the authority that is there, and it would be lost",
                  "`kerros proxy ca show` describes it; move both files away to have another");
}

// Files appear under their final names whole: what was not published goes with the object.
class Draft {
 public:
  explicit Draft(std::string file)
      : file_(std::move(file)), draft_(file_ + ".new-" + std::to_string(::getpid())) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { ::unlink(draft_.c_str()); }

  const std::string& path() const { return draft_; }

  Status publish(mode_t mode) const {
    struct stat directory{};
    const auto parent = fs::path(file_).parent_path();
    bool ok = ::stat(parent.c_str(), &directory) == 0 && ::chmod(draft_.c_str(), mode) == 0;
    // A gateway that is not root must be able to read what root made for it.
    if (ok && ::geteuid() == 0)
      ok = ::chown(draft_.c_str(), directory.st_uid, directory.st_gid) == 0;
    if (!ok) return cannot("write " + file_, errno);
    if (::renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, file_.c_str(), RENAME_NOREPLACE) == 0)
      return {};
    if (errno == EEXIST) return refuse_existing(file_);
    return cannot("write " + file_, errno);
  }

 private:
  std::string file_;
  std::string draft_;
};

}  // namespace

Result<tls::Certificate> make_proxy_authority(const Config& config) {
  const auto& name = config.proxy.name.empty() ? config.graph_door.name : config.proxy.name;
  std::vector<std::string> only_below;
  for (const auto& pattern : config.proxy.intercept)
    only_below.push_back(pattern.starts_with("*.") ? pattern.substr(2) : pattern);
  return tls::Certificate::authority("Kerros proxy at " + name.substr(0, name.find(':')),
                                     only_below);
}

Status free_for_authority(const Config::Proxy& proxy) {
  for (const auto& file : {proxy.private_key, proxy.certificate})
    if (::access(file.c_str(), F_OK) == 0) return refuse_existing(file);
  return {};
}

Status publish_authority(const tls::Certificate& authority, const Config::Proxy& proxy) {
  if (auto ok = free_for_authority(proxy); !ok) return ok;
  const Draft certificate(proxy.certificate);
  const Draft key(proxy.private_key);
  if (auto ok = authority.write(certificate.path(), key.path()); !ok)
    return complain(ok.error().code, "the authority cannot be written", ok.error().detail,
                    "check room, owner and permissions");
  if (auto ok = key.publish(0400); !ok) return ok;
  auto ok = certificate.publish(0444);
  if (!ok) ::unlink(proxy.private_key.c_str());  // made a moment ago, and of use to nobody
  return ok;
}

Status judge_authority(const tls::Certificate& authority, const Config::Proxy& proxy) {
  if (authority.expires() < std::chrono::system_clock::now() + tls::LeafCertificates::kLife)
    return complain(ErrorCode::kMalformed, "the authority expires too soon",
                    "what it signs lives for a week, and must not outlive it",
                    "have it renewed, then import the new one");
  if (auto ok = authority.check_signs(proxy.intercept); !ok)
    return complain(ErrorCode::kMalformed, "the authority cannot sign for the interception list",
                    ok.error().detail,
                    "name the hosts it may sign for in proxy.intercept, or import another one");
  return {};
}

Json describe_authority(const tls::CertificateInfo& info, const Config::Proxy& proxy) {
  const auto end =
      std::chrono::duration_cast<std::chrono::milliseconds>(info.expires().time_since_epoch());
  auto only_below = Json::array();
  for (const auto& name : info.only_below()) only_below.push_back(name);
  return {{"subject", info.subject()},
          {"expires", audit::time_text(static_cast<std::uint64_t>(end.count()))},
          {"only_below", only_below.empty() ? Json() : std::move(only_below)},
          {"sha256", info.fingerprint()},
          {"certificate", proxy.certificate}};
}

}  // namespace kerros::tools
