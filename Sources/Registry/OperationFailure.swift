/// Why a registration that was accepted ends `failed`: `errorCode` and `errorMessage` of the registration state.
struct OperationFailure: Error {
    /// A code of DPS: 400000 the CSR or its policy, 400207 the custom allocation, 400208 no hub, 400209 not authorised.
    let code: Int64
    let message: String
    let hint: String?

    init(_ code: Int64, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
