#include "gateway/tls/provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

#include <atomic>

#include "gateway/tls/error.h"
#include "gateway/tls/gcm_dispatch.h"
#include "gateway/tls/provider_self_test.h"

namespace kerros::tls {
namespace {

std::atomic<bool> g_runs = false;

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  *no_cache = 0;
  return operation == OSSL_OP_CIPHER ? gcm_algorithms() : nullptr;
}

int begin(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions,
          void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)}, {0, nullptr}};
  *functions = kFunctions;
  *context = const_cast<OSSL_CORE_HANDLE*>(handle);
  return 1;
}

tl::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorCode::kUnavailable, what + ": " + take_openssl_reason());
}

}  // namespace

Status start_provider() {
  if (g_runs) return {};
  auto library = crypto::IpsecMb::load(crypto::Instructions::kBest);
  if (!library) return tl::unexpected(library.error());
  static const crypto::IpsecMb kept = std::move(*library);
  use_gcm(kept);
  if (OSSL_PROVIDER_add_builtin(nullptr, kProviderName, begin) != 1)
    return refused("OpenSSL takes no provider");
  // The default provider stays: it is loaded by itself only where nothing else was asked for.
  static OSSL_PROVIDER* provider = nullptr;
  provider = OSSL_PROVIDER_try_load(nullptr, kProviderName, 1);
  if (provider == nullptr) return refused("OpenSSL did not start the provider");
  if (auto same = test_provider(); !same) {
    OSSL_PROVIDER_unload(provider);
    return same;
  }
  g_runs = true;
  return {};
}

bool provider_runs() { return g_runs; }

}  // namespace kerros::tls
