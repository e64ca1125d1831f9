// The authority of the proxy doors as files: made, published, read and judged.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "gateway/config.h"
#include "gateway/tls/certificate.h"
#include "gateway/tls/certificate_info.h"
#include "tools/questions.h"

namespace kerros::tools {

// A new one, good for the hosts of the interception list and what lies below them, and for nothing
// else.
Result<tls::Certificate> make_proxy_authority(const Config& config);

// kConflict when a file of one is there already.
Status free_for_authority(const Config::Proxy& proxy);

// Both files appear whole, the key before the certificate, and as their directories' owner when
// root makes them; kConflict when either is there already, and then nothing changes.
Status publish_authority(const tls::Certificate& authority, const Config::Proxy& proxy);

// Whether the doors can work with it: it signs for every host of the list, and lives long enough.
Status judge_authority(const tls::Certificate& authority, const Config::Proxy& proxy);

Json describe_authority(const tls::CertificateInfo& info, const Config::Proxy& proxy);

}  // namespace kerros::tools
