/// Tokens and keys made once by PyJWT and cryptography. All claims are the same: valid until 2100, for `alice`.
enum GoldenTokens {
    /// Of `hs256`.
    static let secret = "a shared secret of more than 32 bytes"

    /// The public halves of the keys `rsa-1` and `ec-1`.
    static let keySet = """
        {"keys": [{"kty": "RSA", "n": "r9fqtX2ISvx-vZB5cjLf3BoVrhyQyIl7dncIywFXhXF2JqGI227jIiaRSATI1JkEROLqQ\
        82-ZExqfVLNH50lSA4v5NLI8lnM0l1yJPDNNI7pElU9P0ILGvaAOuj2Q92dVBb5H-tA3Mz39MML6l0IsGlofSIO5qw-6rQyMACoO\
        7oBV9QWvkuUZydAPjVIPO3abVSYUDbSVj56EeU4hTNt0VnNHVuXhLTP7iq5lg3vZFJ3V__6kWucYziDInDEnht8yOsdBPugU7b4G\
        TRa-yNwmOtfXunJD4fs2OZkgIynIQ2WTnYcB6caK3JEEMKvLwdD0F-QtouGCeLwQVt5cb_1vw", "e": "AQAB", "kid": "rsa\
        -1", "use": "sig", "alg": "RS256"}, {"kty": "EC", "crv": "P-256", "x": "Hvy86EaMnEff7n2_KDSSFUDpz7t7\
        6aEzGEraP1rggNI", "y": "60Bg1SW_hxJ3fwaousDhOD0PRVAnbb_wfhtF8RACRow", "kid": "ec-1"}]}
        """

    static let rs256 = """
        eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIs\
        ImF1ZCI6WyJnYXRld2F5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwi\
        aWF0IjoxNzAwMDAwMDAwLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.WhBn\
        7ZSuI8DL4eMuqL3CK2GZOOnYmqmOPmpsTVW6JZcujIzI-iRalI_RFHISa1V_4sKxprBTFN9p5RKvI57S2M6dGnXLAHfsr03VCaNP\
        QK1mi8JduwR6NUbr4PHJJV8lcVFzU-63Ty7Rx7vDzxoImrebAooZDye2qt2SrXuqyugNXb_I9i_-3Au89sAj_OUUpE4kZsiXx7sU\
        3_ISq1aaD3E2GGyMMXM5v08769MAvY4agIJDP8z-YtUaV5xrx1cEScKlWgbhTR8U-QaiVVuijZ3bpIHZ8eaaCsHZbmUmTRay-S6-\
        JfNlKM_uYKvU0yR2SaeFja64esL765vKCfa-8A
        """

    static let es256 = """
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjLTEiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIsI\
        mF1ZCI6WyJnYXRld2F5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwia\
        WF0IjoxNzAwMDAwMDAwLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.HI3-B\
        hRMBChoVW-HfaIz_2l6sRkMRcFqe_r96hWF3IZwIBCTcj_K2DCfnv5expxLD4qMuwAiW21W7UOG8KxWTA
        """

    static let hs256 = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIsImF1ZCI6WyJnYXRld2F\
        5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDA\
        wLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.aM4ee2LNvtSpsRM7P0hFuaf\
        0yexbceh2mtjt6DG3Ok4
        """

    /// Without a key id.
    static let rs256Nameless = """
        eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIsImF1ZCI6WyJnYXRld2F\
        5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDA\
        wLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.KX86JfY0wH9pQSMigb3TYO1\
        6Ft_vSUcjtTMZBCgoz-uRDz8mrr8BM5MkSyOSn4N0BfSpvsmt_-yq_78geYlAGWri2lS7X4jIQ3-pMVPuyoglOtvXSM1cjG2cc7W\
        A_8x8EiinbWfBR6wuYVIJs2XWpAbm3UXScemVi1cyk0uniwISsM25d05OF916DLfAe34bHb-Tunx3_c3yP_SgjdAZO2N6QFzdxnq\
        1euh_H97kRDqgFwAS-8i9SEicwFoTS4lsNgo_T-iKseymqMCLreAUrkn8pNt263seyIntY8KKawoJ-pJuUbLl5CHCxUCJ6z1XHlv\
        phHAQOpV2OXJeTywKmg
        """

    /// By another hash.
    static let rs512 = """
        eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIs\
        ImF1ZCI6WyJnYXRld2F5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwi\
        aWF0IjoxNzAwMDAwMDAwLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.Pcl5\
        WDXH4mTK7sZUO_e27YUzPbUsOPX2DGPhF1KEJkI-p28GUV2yKBzclC4zmo7MW2Vdr5IBQ7Bw1X3w0ds01fSbSEQNErBxR0mkphjr\
        sP-yd6gf7ju_eKZTfnYcIObkTJXDcMsvH7Tptaj46SlVpUrdkyXZRz1DVDE-yjnZ0HqjVluehBmipGVE-2psPSathkpwyVRbtjNk\
        n73lLBMHGQ_Y55xuMlI-RZ1V7HJKFDKDiXHiIIvP1wmS_55DzEdJ9d3UzkQhRydBqCvGq0Y-OPnAwnCcGTkKiFv1K0H2LPmjW8_T\
        md1sypGvL32f-lgHC6tUHDjNgf1T_JwBmzELYQ
        """

    /// Signed by HMAC with the public key's modulus as the secret.
    static let hs256ByModulus = """
        eyJhbGciOiJIUzI1NiIsImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIs\
        ImF1ZCI6WyJnYXRld2F5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwi\
        aWF0IjoxNzAwMDAwMDAwLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.5yFU\
        m8UbQupZlmYhmk1Ba7bE9bXSh0q-IJl6hXdq1_g
        """

    /// Not signed at all.
    static let none = """
        eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tLyIsImF1ZCI6WyJnYXRld2F5\
        Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAw\
        LCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJncHQtKiBlY2hvIn0.
        """

    /// Asks for extensions in `crit`.
    static let critical = """
        eyJhbGciOiJSUzI1NiIsImNyaXQiOlsiYjY0Il0sImtpZCI6InJzYS0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lk\
        LmV4YW1wbGUuY29tLyIsImF1ZCI6WyJnYXRld2F5Iiwib3RoZXIiXSwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAsIm5i\
        ZiI6MTcwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwLCJyZWFsbSI6eyJ0ZWFtcyI6WyJyZWQiLCJibHVlIl19LCJtb2RlbHMiOiJn\
        cHQtKiBlY2hvIn0.Z7DNYvqgyRGEhk2tOPOMnNBYMJrTmAAa0ckByGZB3ppjvuqeYMG7VlloewvZfKG31iCm3AmMx0cSfqd3huiM\
        Wl7DjoXz4gsQpJH-43wUFpyZGWKIF7GYTycX4zUESiSs2E4GSOmXnsMbHBDqnT3RAqYzouIFw_UE0ji-2evXf3MYdCu5xirXJXGZ\
        pPIu1gR5Wn9prJOd7_2f5NtRNq9EsX2SafKtPZupz5CssGlyXt4wvvQyU8NQ131BzRfE4LWQa7iBJ-3lrbsOpfK36uJ4UsEF7Rez\
        RIRY-hRBOmcH6MeS5IHjd0mWA3xlJg0bFVaJdBL0MdgJQ9sbF6rE9ocOvw
        """
}
