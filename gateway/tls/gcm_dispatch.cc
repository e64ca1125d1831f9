#include "gateway/tls/gcm_dispatch.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <limits>
#include <memory>

#include "gateway/tls/gcm_cipher.h"

namespace kerros::tls {
namespace {

const crypto::IpsecMb* g_library = nullptr;

GcmCipher& cipher_of(void* context) { return *static_cast<GcmCipher*>(context); }

template <std::size_t kKeySize>
void* make(void*) {
  const auto& functions = kKeySize == 16 ? g_library->aes128() : g_library->aes256();
  return new GcmCipher(functions, kKeySize);
}
void* duplicate(void* context) { return new GcmCipher(cipher_of(context)); }
void release(void* context) { delete static_cast<GcmCipher*>(context); }

ByteView view(const unsigned char* bytes, std::size_t size) {
  return bytes == nullptr ? ByteView() : ByteView(bytes, size);
}
ByteView view(const OSSL_PARAM& param) {
  return view(static_cast<const unsigned char*>(param.data), param.data_size);
}

bool set_fixed(GcmCipher& cipher, const OSSL_PARAM& param) {
  // -1, as a size: all of the nonce, and nobody says how much that is.
  if (param.data_size != std::numeric_limits<std::size_t>::max())
    return cipher.set_fixed_nonce(view(param));
  return cipher.set_whole_nonce(
      view(static_cast<const unsigned char*>(param.data), GcmCipher::kNonceSize));
}

bool set_tag(GcmCipher& cipher, const OSSL_PARAM& param) {
  // Without bytes it only says how long the tag will be.
  return param.data == nullptr ? param.data_size == GcmCipher::kTagSize
                               : cipher.set_tag(view(param));
}

bool set_param(GcmCipher& cipher, const OSSL_PARAM& param) {
  const std::string_view key = param.key;
  if (key == OSSL_CIPHER_PARAM_AEAD_TAG) return set_tag(cipher, param);
  if (key == OSSL_CIPHER_PARAM_AEAD_TLS1_AAD) return cipher.set_record_header(view(param));
  if (key == OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED) return set_fixed(cipher, param);
  if (key == OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV) return cipher.set_explicit(view(param));
  std::size_t size = 0;
  if (key == OSSL_CIPHER_PARAM_AEAD_IVLEN)
    return OSSL_PARAM_get_size_t(&param, &size) == 1 && size == GcmCipher::kNonceSize;
  if (key == OSSL_CIPHER_PARAM_KEYLEN)
    return OSSL_PARAM_get_size_t(&param, &size) == 1 && size == cipher.key_size();
  return true;  // as OpenSSL does with what a cipher does not know
}

int set_params(void* context, const OSSL_PARAM* params) {
  for (; params != nullptr && params->key != nullptr; ++params)
    if (!set_param(cipher_of(context), *params)) return 0;
  return 1;
}

int init(void* context, GcmCipher::Way way, ByteView key, ByteView nonce,
         const OSSL_PARAM* params) {
  return cipher_of(context).init(way, key, nonce) ? set_params(context, params) : 0;
}
int seal_init(void* context, const unsigned char* key, std::size_t key_size,
              const unsigned char* nonce, std::size_t nonce_size, const OSSL_PARAM* params) {
  return init(context, GcmCipher::Way::kSeal, view(key, key_size), view(nonce, nonce_size), params);
}
int open_init(void* context, const unsigned char* key, std::size_t key_size,
              const unsigned char* nonce, std::size_t nonce_size, const OSSL_PARAM* params) {
  return init(context, GcmCipher::Way::kOpen, view(key, key_size), view(nonce, nonce_size), params);
}

int update(void* context, unsigned char* out, std::size_t* out_size, std::size_t room,
           const unsigned char* in, std::size_t size) {
  auto& cipher = cipher_of(context);
  *out_size = 0;
  if (size == 0) return 1;
  if (out == nullptr) {
    if (!cipher.add_associated({in, size})) return 0;
    *out_size = size;
    return 1;
  }
  if (room < size) return 0;
  if (cipher.in_record()) {
    const auto done = out == in ? cipher.record({out, size}) : std::nullopt;
    *out_size = done.value_or(0);
    return done ? 1 : 0;
  }
  if (!cipher.update({in, size}, out)) return 0;
  *out_size = size;
  return 1;
}

int finish(void* context, unsigned char*, std::size_t* out_size, std::size_t) {
  *out_size = 0;
  return cipher_of(context).finish() ? 1 : 0;
}

bool get_param(GcmCipher& cipher, OSSL_PARAM& param) {
  const std::string_view key = param.key;
  if (key == OSSL_CIPHER_PARAM_KEYLEN) return OSSL_PARAM_set_size_t(&param, cipher.key_size());
  if (key == OSSL_CIPHER_PARAM_IVLEN) return OSSL_PARAM_set_size_t(&param, GcmCipher::kNonceSize);
  if (key == OSSL_CIPHER_PARAM_AEAD_TAGLEN || key == OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD)
    return OSSL_PARAM_set_size_t(&param, GcmCipher::kTagSize);
  if (key == OSSL_CIPHER_PARAM_IV || key == OSSL_CIPHER_PARAM_UPDATED_IV)
    return OSSL_PARAM_set_octet_string(&param, cipher.nonce().data(), cipher.nonce().size());
  const MutableByteView out(static_cast<std::uint8_t*>(param.data), param.data_size);
  if (key == OSSL_CIPHER_PARAM_AEAD_TAG) return cipher.get_tag(out);
  if (key == OSSL_CIPHER_PARAM_AEAD_TLS1_GET_IV_GEN) return cipher.next_explicit(out);
  return true;
}

int get_params(void* context, OSSL_PARAM* params) {
  for (; params != nullptr && params->key != nullptr; ++params)
    if (!get_param(cipher_of(context), *params)) return 0;
  return 1;
}

template <std::size_t kKeySize>
int describe(OSSL_PARAM* params) {
  for (; params != nullptr && params->key != nullptr; ++params) {
    const std::string_view key = params->key;
    int ok = 1;
    if (key == OSSL_CIPHER_PARAM_MODE) ok = OSSL_PARAM_set_uint(params, EVP_CIPH_GCM_MODE);
    if (key == OSSL_CIPHER_PARAM_KEYLEN) ok = OSSL_PARAM_set_size_t(params, kKeySize);
    if (key == OSSL_CIPHER_PARAM_IVLEN) ok = OSSL_PARAM_set_size_t(params, GcmCipher::kNonceSize);
    if (key == OSSL_CIPHER_PARAM_BLOCK_SIZE) ok = OSSL_PARAM_set_size_t(params, 1);
    if (key == OSSL_CIPHER_PARAM_AEAD || key == OSSL_CIPHER_PARAM_CUSTOM_IV)
      ok = OSSL_PARAM_set_int(params, 1);
    if (ok != 1) return 0;
  }
  return 1;
}

template <typename Function>
constexpr auto erased(Function* function) {
  return reinterpret_cast<void (*)()>(function);
}

template <std::size_t kKeySize>
const OSSL_DISPATCH* dispatch() {
  static const OSSL_DISPATCH kTable[] = {{OSSL_FUNC_CIPHER_NEWCTX, erased(make<kKeySize>)},
                                         {OSSL_FUNC_CIPHER_DUPCTX, erased(duplicate)},
                                         {OSSL_FUNC_CIPHER_FREECTX, erased(release)},
                                         {OSSL_FUNC_CIPHER_ENCRYPT_INIT, erased(seal_init)},
                                         {OSSL_FUNC_CIPHER_DECRYPT_INIT, erased(open_init)},
                                         {OSSL_FUNC_CIPHER_UPDATE, erased(update)},
                                         {OSSL_FUNC_CIPHER_FINAL, erased(finish)},
                                         {OSSL_FUNC_CIPHER_GET_PARAMS, erased(describe<kKeySize>)},
                                         {OSSL_FUNC_CIPHER_GET_CTX_PARAMS, erased(get_params)},
                                         {OSSL_FUNC_CIPHER_SET_CTX_PARAMS, erased(set_params)},
                                         {0, nullptr}};
  return kTable;
}

}  // namespace

void use_gcm(const crypto::IpsecMb& library) { g_library = &library; }

const ossl_algorithm_st* gcm_algorithms() {
  static const OSSL_ALGORITHM kAlgorithms[] = {
      {"AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6", "provider=kerros", dispatch<16>(),
       "AES-128-GCM of libipsec-mb"},
      {"AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", "provider=kerros", dispatch<32>(),
       "AES-256-GCM of libipsec-mb"},
      {nullptr, nullptr, nullptr, nullptr}};
  return kAlgorithms;
}

}  // namespace kerros::tls
